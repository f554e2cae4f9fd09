// SPDX-License-Identifier: Apache-2.0
// @ts-check
import { RoomState } from "../sdk/index.js";
import { bindChat } from "./chat.js";
import { bindHand } from "./controls.js";
import { byId, show, toast } from "./dom.js";
import { Gallery } from "./gallery.js";
import { keepFitted } from "./layout.js";
import { showKnocks, showWaiting } from "./lobby.js";
import { obey } from "./moderation.js";
import { refusalSentence } from "./refusals.js";
import { bindSettings } from "./settings.js";
import { bindSharing } from "./sharing.js";
import { watchSpeaking } from "./speaking.js";
import { showConnection, showDeviceProblems, showNotices } from "./status.js";
import { Tile } from "./tile.js";
import { bindWhy } from "./why.js";

/** @typedef {import("../sdk/index.js").LocalMedia} LocalMedia */

/** The call on the page: ties the room to the tiles, and the devices to the room. */
export class Call {
  #gallery;
  #media;
  #self;
  #onEnd;
  /** @type {(() => void)[]} */
  #removers = [];
  /** @type {any} what the server last refused on this line */
  #refusal;

  /**
   * @param {import("../sdk/index.js").Room} room on its way in, or in already @param {string} title @param {string} name our own
   * @param {LocalMedia} media @param {(reason: string, code: string) => void} onEnd
   */
  constructor(room, title, name, media, onEnd) {
    this.#media = media;
    this.#onEnd = onEnd;
    this.session = room.session;
    this.room = room;
    this.why = bindWhy(this.room, media);
    this.#gallery = new Gallery(this.room, this.why.open);
    this.#self = new Tile(name, media.stream, true);
    byId("grid").prepend(this.#self.element);
    byId("room-name").textContent = title;
    byId("room-label").hidden = false;
    show("call");
    this.#removers.push(keepFitted(byId("grid")), showConnection(this.session), showNotices(this.session),
      showDeviceProblems(media), showKnocks(this.room), bindSettings(this.room), bindChat(this.room), this.why.stop);
    const drawSelf = () => this.#drawSelf();
    this.room.follow(media);
    this.#removers.push(media.on("change", drawSelf), bindHand(this.room, drawSelf), bindSharing(this.room, drawSelf));
    this.#removers.push(watchSpeaking(this.room, media, (id, isSpeaking) =>
      (id === undefined ? this.#self : this.#gallery.tile(id))?.setSpeaking(isSpeaking)));
    obey(this.room, media);
    this.#bindRoom(name);
    this.session.on("problem", (error) => { this.#refusal = error; });
    this.room.on("problem", (error) => { this.#refusal = error; });
    this.session.on("welcome", () => { this.#refusal = undefined; });
  }

  leave() {
    this.room.leave().then(() => this.session.close());
  }

  /** A gesture has been made: now the browser lets the page be heard. */
  unmute() {
    byId("unmute-page").hidden = true;
    this.#gallery.unmute();
  }

  #drawSelf() {
    // Of what the others are told, but at once: the screen may be shared in place of the camera.
    this.#self.setMedia({ ...this.room.metadata, audio: this.#media.isOn("audio"), video: this.#media.isOn("video") });
    this.#self.refresh(this.room.screen ?? this.#media.stream);
    this.#self.play(() => {});
  }

  /** @param {string} name */
  #bindRoom(name) {
    const { room } = this;
    room.on("self", () => this.#self.setRole(room.self?.role, null));
    room.on("state", (state, reason = "", code = "") => {
      if (state === RoomState.WAITING) showWaiting(room);
      else if (state === RoomState.LEFT) this.#end(reason, code);
      else if (state === RoomState.JOINED) {
        show("call");
        this.#self.setRole(room.self?.role, null);
        this.#self.setName(name, true);
        toast(room.peers.size ? `You joined ${room.id}` : `You are the first in ${room.id}`);
      }
    });
  }

  /** @param {string} reason @param {string} code */
  #end(reason, code) {
    for (const remove of this.#removers) remove();
    this.#self.remove();
    if (code !== "left") this.session.close();
    byId("invite").hidden = false;
    byId("room-label").hidden = true;
    byId("unmute-page").hidden = true;
    // Without a code the line was ended: for what the server said before, if it said something.
    const failure = code ? { code, message: reason } : this.#refusal ?? { code: reason };
    const words = refusalSentence(failure);
    const isSaid = ["kicked", "banned", "denied"].includes(code) && reason && reason !== code;
    this.#onEnd(isSaid ? `${words} “${reason}”` : words, failure.code);
  }
}
