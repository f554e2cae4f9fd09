// SPDX-License-Identifier: Apache-2.0
// @ts-check
import { create, icon } from "./dom.js";
import { bucket, initials, PEER_WORDS } from "./words.js";

/** @param {string} name @param {string} words */
const sign = (name, words) => create("span", { className: "tile-off", title: words },
  icon(name), create("span", { className: "visually-hidden", textContent: words }));

/** One participant in the grid: the picture or the initials, the name, and how it goes. */
export class Tile {
  #video = create("video", { autoplay: true, playsInline: true });
  #avatar = create("div", { className: "avatar", ariaHidden: "true" });
  #name = create("span", { className: "tile-name" });
  #muted = sign("mic-off", "Microphone off");
  #unseen = sign("cam-off", "Camera off");
  #status = create("p", { className: "tile-status" });
  #isVideoOn = false;

  /** @param {string | undefined} name @param {MediaStream} stream @param {boolean} isSelf */
  constructor(name, stream, isSelf) {
    this.element = create("article", { className: "tile" }, this.#video, this.#avatar, this.#status,
      create("p", { className: "tile-label" }, this.#muted, this.#unseen, this.#name));
    this.#video.muted = isSelf;
    this.#video.playsInline = true;
    this.#show(stream);
    this.element.classList.toggle("self", isSelf);
    for (const event of ["loadeddata", "resize", "emptied", "playing"]) this.#video.addEventListener(event, () => this.#draw());
    this.setName(name, isSelf);
    this.setMedia({ audio: true, video: false });
    if (isSelf) this.setState("self", "");
  }

  /** @param {string | undefined} name @param {boolean} isSelf */
  setName(name, isSelf) {
    const shown = name || (isSelf ? "You" : "Guest");
    this.#name.textContent = isSelf && name ? `${name} (you)` : shown;
    this.#avatar.textContent = initials(name || shown);
    this.element.dataset.hue = String(bucket(name || shown, 6));
    this.element.setAttribute("aria-label", this.#name.textContent);
    this.#video.setAttribute("aria-label", `Video of ${this.#name.textContent}`);
  }

  /** @param {{audio?: boolean, video?: boolean}} media what they say of themselves */
  setMedia({ audio, video }) {
    this.#muted.hidden = audio !== false;
    this.element.dataset.audio = audio === false ? "off" : "on";
    this.#isVideoOn = video !== false;
    this.#unseen.hidden = this.#isVideoOn;
    this.#draw();
  }

  /** @param {string} state @param {string} [words] */
  setState(state, words = PEER_WORDS[state]) {
    this.element.dataset.state = state;
    this.#status.textContent = words;
    this.#status.hidden = !words;
  }

  /**
   * Plays what has arrived.
   * @param {() => void} onBlocked the browser wants a gesture first; the picture plays without sound
   */
  play(onBlocked) {
    this.#video.play().catch((/** @type {Error} */ error) => {
      if (error.name !== "NotAllowedError" || this.#video.muted) return;
      this.#video.muted = true;
      this.#video.play().catch(() => {});
      onBlocked();
    });
  }

  unmute() {
    this.#video.muted = false;
    this.#video.play().catch(() => {});
  }

  /**
   * A stream that gained or lost its picture is looked at afresh.
   * @param {MediaStream} stream
   */
  refresh(stream) {
    if (this.#video.srcObject !== stream || stream.getVideoTracks().length === 0) this.#show(stream);
    this.#draw();
  }

  /**
   * A stream without a track is not given to the element: the page would wait for it and count as loading.
   * @param {MediaStream} stream
   */
  #show(stream) {
    this.#video.srcObject = stream.getTracks().length > 0 ? stream : null;
  }

  remove() {
    this.#video.srcObject = null;
    this.element.remove();
  }

  #draw() {
    const hasTrack = this.#video.srcObject?.getVideoTracks().length > 0;
    this.element.dataset.video = this.#isVideoOn && hasTrack && this.#video.videoWidth > 0 ? "on" : "off";
  }
}
