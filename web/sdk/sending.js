// SPDX-License-Identifier: Apache-2.0
// @ts-check
import { RoomActs } from "./acts.js";
import { ErrorCode, ParleyError } from "./errors.js";
import { limitVideo } from "./senders.js";
import { PeerState, RoomState } from "./states.js";

/** Below this there is no picture to speak of. */
const LEAST_VIDEO = 150_000;

/** What a room sends to each of its peers: our microphone, and our camera or, in its place, our screen. */
export class RoomMedia extends RoomActs {
  /** @type {Map<string, import("./peer.js").Peer>} by peer id, in the order of joining */
  peers = new Map();
  /** @type {MediaStream | undefined} what is shared just now */
  screen;
  /** @type {Map<string, MediaStreamTrack | null>} by kind */
  #tracks = new Map();
  /** Bits per second of video to all peers together; 0: as much as the browser likes. */
  #videoBudget;
  #unfollow = () => {};

  /** @param {any} session @param {string} id @param {Record<string, any>} metadata @param {number} videoBudget */
  constructor(session, id, metadata, videoBudget) {
    super(session, id, metadata);
    this.#videoBudget = videoBudget;
  }

  /** @param {"audio" | "video"} kind @param {MediaStreamTrack | null} track what every peer gets from now on, later ones too */
  publish(kind, track) {
    this.#tracks.set(kind, track);
    this.#send(kind);
  }

  /**
   * Sends what the devices give, whichever they are, and tells the others by the metadata `audio` and `video` what is on.
   * @param {import("./media.js").LocalMedia} media
   */
  follow(media) {
    const take = (/** @type {"audio" | "video"} */ kind) => {
      this.publish(kind, media.track(kind));
      this.#tell(kind, media.isOn(kind));
    };
    this.#unfollow();
    this.#unfollow = media.on("change", take);
    take("audio");
    take("video");
  }

  /**
   * The metadata `screen` says so to the others. It ends with `stopSharing()`, with the room, or when people stop it in their browser.
   * @param {MediaStream} [stream] of the page's own, such as a canvas; without it the browser asks people what to share
   * @returns {Promise<MediaStream>} fails as `getDisplayMedia` does, where they will not share anything
   */
  async shareScreen(stream) {
    const screen = stream ?? await askForScreen();
    if (this.#isLeft) {
      stop(screen);
      throw new ParleyError(ErrorCode.CLOSED, "The room was left.");
    }
    const [track] = screen.getVideoTracks();
    // Text has to be sharp; it need not move smoothly.
    track.contentHint ||= "detail";
    track.onended = () => this.screen === screen && this.stopSharing();
    this.#setScreen(screen);
    return screen;
  }

  /** The camera, where there is one, is sent again. */
  stopSharing() {
    if (this.screen) this.#setScreen(undefined);
  }

  /** @protected @param {import("./peer.js").Peer} peer a new one */
  _serve(peer) {
    peer.start((kind) => this.#track(kind));
    // The browser may have made what carries the video only by then.
    peer.on("state", (state) => state === PeerState.CONNECTED && this._share());
    this._share();
  }

  /** @protected Everybody gets the same part of what our line can carry: in a mesh each picture is sent once for each peer. */
  _share() {
    const part = Math.max(LEAST_VIDEO, Math.floor(this.#videoBudget / this.peers.size));
    for (const { pc } of this.peers.values()) if (this.#videoBudget) limitVideo(pc, part);
  }

  /** @protected The room is left. */
  _stopSending() {
    this.#unfollow();
    this.stopSharing();
  }

  get #isLeft() {
    return /** @type {any} */ (this).state === RoomState.LEFT;
  }

  /** @param {string} kind @returns {MediaStreamTrack | null} */
  #track(kind) {
    return (kind === "video" && this.screen?.getVideoTracks()[0]) || (this.#tracks.get(kind) ?? null);
  }

  /** @param {string} kind */
  #send(kind) {
    for (const peer of this.peers.values()) peer.setTrack(kind, this.#track(kind));
    this._share();
  }

  /** @param {MediaStream} [screen] */
  #setScreen(screen) {
    if (this.screen && this.screen !== screen) stop(this.screen);
    this.screen = screen;
    this.#send("video");
    this.#tell("screen", Boolean(screen));
    this.emit("sharing", Boolean(screen));
  }

  /** @param {string} key @param {boolean} value */
  #tell(key, value) {
    // What cannot be told now is kept, and goes along with the next join.
    if (this.metadata[key] !== value) this.update({ [key]: value }).catch(() => {});
  }
}

/** @returns {Promise<MediaStream>} */
async function askForScreen() {
  // Phones have no such thing, and pages without HTTPS are not given it.
  if (!navigator.mediaDevices?.getDisplayMedia) throw new ParleyError(ErrorCode.UNSUPPORTED, "This browser cannot share a screen here.");
  return navigator.mediaDevices.getDisplayMedia({ video: true });
}

/** @param {MediaStream} stream */
function stop(stream) {
  for (const track of stream.getTracks()) track.stop();
}
