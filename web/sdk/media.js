// SPDX-License-Identifier: Apache-2.0
// @ts-check
import { Emitter } from "./emitter.js";

/** @typedef {"audio" | "video"} Kind */

/** @type {Record<Kind, string>} */
const DEVICE = { audio: "microphone", video: "camera" };

/** @type {Record<Kind, MediaTrackConstraints>} */
const WISHES = {
  audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true },
  video: { width: { ideal: 1280 }, height: { ideal: 720 }, facingMode: "user" },
};

/** @type {Record<string, (device: string) => string>} */
const REASONS = {
  NotAllowedError: (device) => `Permission to use the ${device} was not given.`,
  SecurityError: (device) => `This page is not allowed to use the ${device}.`,
  NotFoundError: (device) => `No ${device} was found.`,
  OverconstrainedError: (device) => `No suitable ${device} was found.`,
  NotReadableError: (device) => `The ${device} is in use by another program.`,
  AbortError: (device) => `The ${device} could not be started.`,
  InsecureContext: (device) => `Browsers only give pages the ${device} over HTTPS or on localhost.`,
  Ended: (device) => `The ${device} was disconnected.`,
};

/** @param {Kind} kind @param {string} name of the error @returns {string} the reason in words */
export const describeProblem = (kind, name) =>
  (REASONS[name] ?? ((device) => `The ${device} is not available (${name}).`))(DEVICE[kind]);

/**
 * This page's camera and microphone, as far as they can be had: both, one, or none. Events: `change` (kind).
 */
export class LocalMedia extends Emitter {
  /** What we send, for the page's own view. */
  stream = new MediaStream();
  /**
   * Why a device is missing, in words; absent where it works or was never asked for.
   * @type {Partial<Record<Kind, string>>}
   */
  problems = {};

  /** @param {Kind} kind @returns {MediaStreamTrack | null} */
  track(kind) {
    return this.stream.getTracks().find((track) => track.kind === kind) ?? null;
  }

  /** All problems in one text, empty if there are none. */
  explain() {
    const { audio = "", video = "" } = this.problems;
    const isShared = audio !== "" && audio.replace("microphone", "camera") === video;
    return isShared ? video.replace("camera", "camera or microphone") : [audio, video].filter(Boolean).join(" ");
  }

  /** @param {Kind} kind whether something is being sent that others can see or hear */
  isOn(kind) {
    return this.track(kind)?.enabled === true;
  }

  /**
   * Both devices at once, so that people are asked once; if that fails, each for itself. Never fails: see `problems`.
   * @param {{audio?: boolean, video?: boolean}} wanted
   */
  async open({ audio = true, video = true } = {}) {
    /** @type {Kind[]} */
    const kinds = [];
    if (audio) kinds.push("audio");
    if (video) kinds.push("video");
    if (kinds.length === 2 && await this.#acquire(kinds) === undefined) return this;
    for (const kind of kinds) {
      const failure = await this.#acquire([kind]);
      if (failure) this.problems[kind] = describeProblem(kind, failure);
    }
    for (const kind of kinds) this.emit("change", kind);
    return this;
  }

  /**
   * The microphone is muted in place; the camera is really switched off and asked for again, so that its light tells the truth.
   * @param {Kind} kind @param {boolean} isOn
   */
  async set(kind, isOn) {
    const track = this.track(kind);
    if (track && kind === "audio") track.enabled = isOn;
    else if (track && !isOn) this.#drop(track);
    else if (!track && isOn) return this.open({ audio: kind === "audio", video: kind === "video" });
    this.emit("change", kind);
    return this;
  }

  close() {
    for (const track of this.stream.getTracks()) this.#drop(track);
  }

  /** @param {Kind[]} kinds @returns {Promise<string | undefined>} the name of the error */
  async #acquire(kinds) {
    if (!navigator.mediaDevices) return "InsecureContext";
    try {
      const stream = await navigator.mediaDevices.getUserMedia(Object.fromEntries(kinds.map((kind) => [kind, WISHES[kind]])));
      for (const track of stream.getTracks()) this.#adopt(track);
      for (const kind of kinds) this.emit("change", kind);
      return undefined;
    } catch (error) {
      return /** @type {Error} */ (error).name;
    }
  }

  /** @param {MediaStreamTrack} track */
  #adopt(track) {
    const kind = /** @type {Kind} */ (track.kind);
    const former = this.track(kind);
    if (former) this.#drop(former);
    delete this.problems[kind];
    this.stream.addTrack(track);
    track.onended = () => {
      this.#drop(track);
      this.problems[kind] = describeProblem(kind, "Ended");
      this.emit("change", kind);
    };
  }

  /** @param {MediaStreamTrack} track */
  #drop(track) {
    track.onended = null;
    track.stop();
    this.stream.removeTrack(track);
  }
}
