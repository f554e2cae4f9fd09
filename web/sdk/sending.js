// SPDX-License-Identifier: Apache-2.0
// @ts-check
import { RoomActs } from "./acts.js";
import { KINDS } from "./devices.js";
import { ParleyError } from "./errors.js";
import { limitVideo, sendTrack, startSending, stopTracks } from "./senders.js";

/** Below this there is no picture to speak of. */
const LEAST_VIDEO = 150_000;

/** What a room sends to each of its peers: our microphone, and our camera or, in its place, our screen. */
export class RoomMedia extends RoomActs {
  /** @type {Map<string, import("./peer.js").Peer>} by peer id, in the order of joining */
  peers = new Map();
  /** @type {MediaStream | undefined} what is shared just now */
  screen;
  /** @type {Record<string, MediaStreamTrack | null>} by kind */
  #tracks = {};
  #unfollow = () => {};

  /** @param {"audio" | "video"} kind @param {MediaStreamTrack | null} track what every peer gets from now on, later ones too */
  publish(kind, track) {
    this.#tracks[kind] = track;
    this.#send(kind);
  }

  /**
   * Sends what the devices give, whichever they are, and tells the others by the metadata `audio` and `video` what is on.
   * @param {import("./index.js").LocalMedia} media
   */
  follow(media) {
    const take = (/** @type {"audio" | "video"} */ kind) => {
      this.publish(kind, media.track(kind));
      this.#tell(kind, media.isOn(kind));
    };
    this.#unfollow();
    this.#unfollow = media.on("change", take);
    KINDS.forEach(take);
  }

  /**
   * The metadata `screen` says so to the others. It ends with `stopSharing()`, with the room, or when people stop it in their browser.
   * @param {MediaStream} [screen] of the page's own, such as a canvas; without it the browser asks people what to share
   * @returns {Promise<MediaStream>} fails as `getDisplayMedia` does, where they will not share anything
   */
  async shareScreen(screen) {
    // Phones have no such thing, and pages without HTTPS are not given it.
    screen ??= await navigator.mediaDevices?.getDisplayMedia?.({ video: true });
    if (!screen) throw new ParleyError("unsupported");
    if (this.state === "left") {
      stopTracks(screen);
      throw new ParleyError("closed");
    }
    const [track] = screen.getVideoTracks();
    // Text has to be sharp; it need not move smoothly.
    track.contentHint ||= "detail";
    track.onended = () => screen === this.screen && this.stopSharing();
    this.#setScreen(screen);
    return screen;
  }

  /** The camera, where there is one, is sent again. */
  stopSharing() {
    if (this.screen) this.#setScreen();
  }

  /** @protected @param {import("./peer.js").Peer} peer a new one */
  _serve(peer) {
    startSending(peer, (kind) => this.#track(kind));
    // The browser may have made what carries the video only by then.
    peer.on("state", (state) => state === "connected" && this._share());
    this._share();
  }

  /** @protected Everybody gets the same part of what our line can carry: in a mesh each picture is sent once for each peer. */
  _share() {
    const part = Math.max(LEAST_VIDEO, this._videoBudget / this.peers.size);
    if (this._videoBudget) this.peers.forEach(({ pc }) => limitVideo(pc, part));
  }

  /** @protected The room is left. */
  _stopSending() {
    this.#unfollow();
    this.stopSharing();
  }

  /** @param {string} kind */
  #track(kind) {
    return (kind === "video" && this.screen?.getVideoTracks()[0]) || this.#tracks[kind];
  }

  /** @param {string} kind */
  #send(kind) {
    this.peers.forEach((peer) => sendTrack(peer, kind, this.#track(kind)));
    this._share();
  }

  /** @param {MediaStream} [screen] */
  #setScreen(screen) {
    const isOn = Boolean(screen);
    if (this.screen !== screen) stopTracks(this.screen);
    this.screen = screen;
    this.#send("video");
    this.#tell("screen", isOn);
    this.emit("sharing", isOn);
  }

  /** @param {string} key @param {boolean} value */
  #tell(key, value) {
    // What cannot be told now is kept, and goes along with the next join.
    if (this.metadata[key] !== value) this.update({ [key]: value }).catch(() => {});
  }
}
