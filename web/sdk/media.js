// SPDX-License-Identifier: Apache-2.0
// @ts-check
import { KINDS, openDevices } from "./devices.js";
import { Emitter } from "./emitter.js";

/** @typedef {"audio" | "video"} Kind */

/**
 * This page's camera and microphone, as far as they can be had: both, one, or none. Events: `change` (kind),
 * `devices` (): there are others to choose from.
 */
export class LocalMedia extends Emitter {
  /** What we send, for the page's own view. */
  stream = new MediaStream();
  /**
   * Why a device is missing: the name of the browser's error, or `InsecureContext`, or `Ended` for one that was unplugged;
   * absent where it works or was never asked for.
   * @type {Partial<Record<Kind, string>>}
   */
  problems = {};
  /** @type {Partial<Record<Kind, string>>} the ids of the devices that people chose */
  #chosen = {};
  /** @type {Partial<Record<Kind, boolean>>} the kinds that are to be on, as soon as they can be had */
  #wanted = {};
  #onDevices = () => this.emit("devices");

  /** @param {Kind} kind @returns {MediaStreamTrack | null} */
  track(kind) {
    return this.stream.getTracks().find((track) => track.kind === kind) ?? null;
  }

  /** @param {Kind} kind whether something is being sent that others can see or hear */
  isOn(kind) {
    return this.track(kind)?.enabled === true;
  }

  /**
   * Both devices at once, so that people are asked once; if that fails, each for itself. Never fails: see `problems`.
   * @param {{audio?: boolean, video?: boolean}} wanted
   */
  async open(wanted = {}) {
    const kinds = KINDS.filter((kind) => wanted[kind] ?? true);
    navigator.mediaDevices?.addEventListener("devicechange", this.#onDevices);
    await this.#acquire(kinds);
    return this;
  }

  /**
   * The microphone is muted in place; the camera is really switched off and asked for again, so that its light tells the truth.
   * @param {Kind} kind @param {boolean} isOn
   */
  async set(kind, isOn) {
    const track = this.track(kind);
    if (isOn && !track) await this.#acquire([kind]);
    else {
      if (track && kind === "audio") track.enabled = isOn;
      else if (!isOn) this.#drop(kind);
      this.emit("change", kind);
    }
    return this;
  }

  /** @param {Kind} kind @returns {Promise<MediaDeviceInfo[]>} what there is to choose from; without permission, browsers name none */
  async devices(kind) {
    const all = await navigator.mediaDevices?.enumerateDevices() ?? [];
    return all.filter((device) => device.kind === `${kind}input` && device.deviceId);
  }

  /**
   * Takes another microphone or camera from now on; one that is off stays off, one that is muted stays muted.
   * @param {Kind} kind @param {string} deviceId @returns {Promise<boolean>} false: it could not be had, and `problems` says why
   */
  async use(kind, deviceId) {
    const former = this.#chosen[kind];
    this.#chosen[kind] = deviceId;
    if (!this.track(kind) || await this.#acquire([kind])) return true;
    this.#chosen[kind] = former;
    return false;
  }

  close() {
    navigator.mediaDevices?.removeEventListener("devicechange", this.#onDevices);
    KINDS.forEach((kind) => this.#drop(kind));
  }

  /** @param {Kind[]} kinds @returns {Promise<boolean>} false: there is a new problem */
  async #acquire(kinds) {
    const [kind] = kinds;
    const former = this.track(kind);
    for (const one of kinds) this.#wanted[one] = true;
    try {
      for (const track of await openDevices(kinds, this.#chosen)) this.#adopt(track);
      return true;
    } catch (error) {
      const { name } = /** @type {Error} */ (error);
      if (kinds.length !== 1) {
        for (const one of kinds) if (this.#wanted[one]) await this.#acquire([one]);
        return false;
      }
      if (name === "OverconstrainedError" && this.#chosen[kind] && !former) {
        // The one that was chosen is not there any more.
        delete this.#chosen[kind];
      } else if (name === "NotReadableError" && former?.readyState === "live") {
        // Phones open only one at a time.
        former.stop();
      } else {
        if (former?.readyState === "ended") this.#drop(kind);
        this.#fail(kind, name);
        return false;
      }
      return this.#acquire(kinds);
    }
  }

  /** @param {MediaStreamTrack} track */
  #adopt(track) {
    const kind = /** @type {Kind} */ (track.kind);
    // Switched off while it was being opened.
    if (!this.#wanted[kind]) return track.stop();
    track.enabled = this.track(kind)?.enabled ?? true;
    this.#drop(kind);
    this.#wanted[kind] = true;
    delete this.problems[kind];
    this.stream.addTrack(track);
    track.onended = () => {
      this.#drop(kind);
      this.#fail(kind, "Ended");
    };
    this.emit("change", kind);
  }

  /** @param {Kind} kind @param {string} name of the error */
  #fail(kind, name) {
    this.problems[kind] = name;
    this.emit("change", kind);
  }

  /** @param {Kind} kind */
  #drop(kind) {
    delete this.#wanted[kind];
    const track = this.track(kind);
    if (!track) return;
    track.onended = null;
    track.stop();
    this.stream.removeTrack(track);
  }
}
