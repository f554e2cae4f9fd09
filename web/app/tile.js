// SPDX-License-Identifier: Apache-2.0
// @ts-check
import { create, icon } from "./dom.js";
import { useSpeaker } from "./speaker.js";
import { bucket, initials, PEER_WORDS, RECEIPT_SIGNS, receiptWords, ROLE_WORDS } from "./words.js";

/** @param {string} name @param {string} words @param {string} [className] */
const sign = (name, words, className = "tile-off") => create("span", { className, title: words },
  icon(name), create("span", { className: "visually-hidden", textContent: words }));

/** One participant in the grid: the picture or the initials, the name, and how it goes. */
export class Tile {
  #video = create("video", { autoplay: true, playsInline: true });
  #avatar = create("div", { className: "avatar", ariaHidden: "true" });
  #name = create("span", { className: "tile-name" });
  #muted = sign("mic-off", "Microphone off");
  #unseen = sign("cam-off", "Camera off");
  #screen = sign("screen", "Shares the screen", "tile-off good");
  #role = create("span", { className: "tile-role", hidden: true });
  #status = create("p", { className: "tile-status" });
  #receipt = create("p", { className: "tile-receipt", hidden: true });
  #menu = create("button", { type: "button", className: "tile-menu", hidden: true }, icon("more"));
  #why = create("button", { type: "button", className: "tile-why", textContent: "Why?", hidden: true });
  #hand = sign("hand", "Hand raised", "tile-hand");
  #isVideoOn = false;

  /** @param {string | undefined} name @param {MediaStream} stream @param {boolean} isSelf */
  constructor(name, stream, isSelf) {
    this.element = create("article", { className: isSelf ? "tile self" : "tile" }, this.#video, this.#avatar, this.#status, this.#hand,
      create("div", { className: "tile-corner" }, this.#receipt, this.#why, this.#menu),
      create("p", { className: "tile-label" }, this.#muted, this.#unseen, this.#screen, this.#name, this.#role));
    for (const button of [this.#menu, this.#why]) button.setAttribute("aria-haspopup", "dialog");
    this.#video.muted = isSelf;
    useSpeaker(this.#video);
    this.#show(stream);
    for (const event of ["loadeddata", "resize", "emptied", "playing"]) this.#video.addEventListener(event, () => this.#draw());
    this.setName(name, isSelf);
    this.setMedia({ audio: true, video: false });
    if (isSelf) this.setState("self", "");
  }

  /** @param {string | undefined} name @param {boolean} isSelf */
  setName(name, isSelf) {
    // Others may have put anything into their metadata.
    const shown = String(name || (isSelf ? "You" : "Guest"));
    this.#name.textContent = isSelf && name ? `${shown} (you)` : shown;
    this.#avatar.textContent = initials(shown);
    this.element.dataset.hue = String(bucket(shown, 6));
    this.element.setAttribute("aria-label", this.#name.textContent);
    this.#menu.setAttribute("aria-label", `Moderate ${this.#name.textContent}`);
    this.#why.setAttribute("aria-label", `Why? The connection to ${this.#name.textContent}`);
    this.#video.setAttribute("aria-label", `Video of ${this.#name.textContent}`);
  }

  /** @param {string | undefined} role @param {(() => void) | null} onMenu what can be done about them, if anything */
  setRole(role, onMenu) {
    this.#role.textContent = ROLE_WORDS[role ?? ""] ?? "";
    this.#role.hidden = !this.#role.textContent;
    this.#menu.hidden = !onMenu;
    this.#menu.onclick = onMenu;
  }

  /** @param {() => void} onWhy wants to know how the connection fares; offered while it does not stand */
  offerWhy(onWhy) {
    this.#why.hidden = false;
    this.#why.onclick = onWhy;
  }

  /** @param {import("../sdk/index.js").Receipt} receipt of the last description that went to them */
  setReceipt(receipt) {
    const { state } = receipt;
    const words = receiptWords(receipt);
    this.element.dataset.receipt = state;
    this.#receipt.hidden = false;
    this.#receipt.title = words;
    const isQuiet = !["queued", "failed"].includes(state);
    this.#receipt.replaceChildren(icon(RECEIPT_SIGNS[state]),
      create("span", { className: isQuiet ? "visually-hidden" : "", textContent: words }));
  }

  /** @param {{audio?: boolean, video?: boolean, screen?: boolean, hand?: boolean}} media what they say of themselves @returns {boolean} whether the hand went up */
  setMedia({ audio, video, screen, hand }) {
    const isRaising = hand === true && this.#hand.hidden;
    this.#hand.hidden = hand !== true;
    this.#muted.hidden = audio !== false;
    this.element.dataset.audio = audio === false ? "off" : "on";
    this.#screen.hidden = screen !== true;
    this.element.dataset.screen = screen === true ? "on" : "off";
    this.#isVideoOn = video !== false || screen === true;
    this.#unseen.hidden = this.#isVideoOn;
    this.#draw();
    return isRaising;
  }

  /** @param {boolean} isSpeaking */
  setSpeaking(isSpeaking) {
    this.element.dataset.speaking = String(isSpeaking);
  }

  /** @param {string} state of the media @param {string} [words] @param {string} [presence] */
  setState(state, words = PEER_WORDS[state], presence = "here") {
    this.element.dataset.state = state;
    this.element.dataset.presence = presence;
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

  /** @param {MediaStream} stream that gained or lost its picture, or is another one */
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
