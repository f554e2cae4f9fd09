// SPDX-License-Identifier: Apache-2.0
// @ts-check
import { listDevices, openDevices } from "./devices.js";
import { Emitter } from "./emitter.js";
import { describeProblem } from "./problems.js";

/** @typedef {"audio" | "video"} Kind */

/**
 * This page's camera and microphone, as far as they can be had: both, one, or none. Events: `change` (kind),
 * `devices` (): there are others to choose from.
 */
export class LocalMedia extends Emitter {
  /** What we send, for the page's own view. */
  stream = new MediaStream();
  /**
   * Why a device is missing, in words; absent where it works or was never asked for.
   * @type {Partial<Record<Kind, string>>}
   */
  problems = {};
  /** @type {Partial<Record<Kind, string>>} the ids of the devices that people chose */
  #chosen = {};
  #onDevices = () => this.emit("devices");

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
    navigator.mediaDevices?.addEventListener("devicechange", this.#onDevices);
    if (kinds.length === 2 && await this.#acquire(kinds) === undefined) return this;
    for (const kind of kinds) {
      let failure = await this.#acquire([kind]);
      if (failure === "OverconstrainedError" && this.#chosen[kind]) {
        // The one that was chosen is not there any more.
        delete this.#chosen[kind];
        failure = await this.#acquire([kind]);
      }
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

  /** @param {Kind} kind @returns {Promise<MediaDeviceInfo[]>} what there is to choose from */
  devices(kind) {
    return listDevices(kind);
  }

  /**
   * Takes another microphone or camera from now on; one that is off stays off, one that is muted stays muted.
   * @param {Kind} kind @param {string} deviceId @returns {Promise<boolean>} false: it could not be had, and `problems` says why
   */
  async use(kind, deviceId) {
    const former = this.#chosen[kind];
    const track = this.track(kind);
    this.#chosen[kind] = deviceId;
    if (!track) return true;
    let failure = await this.#acquire([kind], track);
    if (failure === "NotReadableError") {
      // Phones open only one at a time.
      track.stop();
      failure = await this.#acquire([kind], track);
    }
    if (!failure) return true;
    this.#chosen[kind] = former;
    this.problems[kind] = describeProblem(kind, failure);
    if (track.readyState === "ended") this.#drop(track);
    this.emit("change", kind);
    return false;
  }

  close() {
    navigator.mediaDevices?.removeEventListener("devicechange", this.#onDevices);
    for (const track of this.stream.getTracks()) this.#drop(track);
  }

  /** @param {Kind[]} kinds @param {MediaStreamTrack} [former] @returns {Promise<string | undefined>} the name of the error */
  async #acquire(kinds, former) {
    try {
      const tracks = await openDevices(kinds, this.#chosen);
      // Switched off while the other one was being opened.
      if (former && this.track(kinds[0]) !== former) return void tracks.forEach((track) => track.stop());
      for (const track of tracks) this.#adopt(track);
      for (const kind of kinds) this.emit("change", kind);
    } catch (error) {
      return /** @type {Error} */ (error).name;
    }
  }

  /** @param {MediaStreamTrack} track */
  #adopt(track) {
    const kind = /** @type {Kind} */ (track.kind);
    const former = this.track(kind);
    if (former) {
      track.enabled = former.enabled;
      this.#drop(former);
    }
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
