// SPDX-License-Identifier: Apache-2.0
// @ts-check
import { connect, Presence, RoomState } from "../sdk/index.js";
import { byId, show, toast } from "./dom.js";
import { keepFitted } from "./layout.js";
import { showConnection, showDeviceProblems } from "./status.js";
import { Tile } from "./tile.js";
import { LEFT_WORDS, PEER_WORDS, REFUSAL_WORDS } from "./words.js";

/** @typedef {import("../sdk/index.js").LocalMedia} LocalMedia */
/** @typedef {import("../sdk/index.js").Peer} Peer */

/** The call on the page: ties the room to the tiles, and the devices to the room. */
export class Call {
  /** @type {Map<string, Tile>} by peer id */
  #tiles = new Map();
  #media;
  #self;
  #onEnd;
  /** @type {(() => void)[]} */
  #removers = [];
  /** @type {any} why the room would not have us */
  #refusal;

  /**
   * @param {{room: string, name: string, transports?: string[]}} choice @param {LocalMedia} media
   * @param {(reason: string, isByChoice: boolean) => void} onEnd
   */
  constructor({ room, name, transports }, media, onEnd) {
    this.#media = media;
    this.#onEnd = onEnd;
    this.session = connect({ forceNew: true, auth: { name, metadata: { name } }, ...(transports && { transports }) });
    this.room = this.session.join(room, { metadata: { name, ...this.#mediaState() } });
    this.#self = new Tile(name, media.stream, true);
    byId("grid").prepend(this.#self.element);
    byId("room-name").textContent = room;
    byId("room-label").hidden = false;
    show("call");
    this.#removers.push(keepFitted(byId("grid")), showConnection(this.session), showDeviceProblems(media));
    this.#bindMedia();
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
    for (const tile of this.#tiles.values()) tile.unmute();
  }

  #mediaState() {
    return { audio: this.#media.isOn("audio"), video: this.#media.isOn("video") };
  }

  #bindMedia() {
    const update = (/** @type {"audio" | "video"} */ kind) => {
      const state = this.#mediaState();
      this.room.publish(kind, this.#media.track(kind));
      this.room.metadata = { ...this.room.metadata, ...state };
      this.room.message({ kind: "media", ...state });
      this.#drawSelf();
    };
    this.#removers.push(this.#media.on("change", update));
    update("audio");
    update("video");
  }

  #drawSelf() {
    this.#self.setMedia(this.#mediaState());
    this.#self.refresh(this.#media.stream);
    this.#self.play(() => {});
  }

  /** @param {string} name */
  #bindRoom(name) {
    const { room } = this;
    room.on("peer:joined", (peer) => this.#addPeer(peer));
    room.on("peer:left", (peer, reason = "left") => this.#removePeer(peer, reason));
    room.on("peer:away", (peer) => this.#drawState(peer));
    room.on("peer:back", (peer) => this.#drawState(peer));
    room.on("message", (data, peer) => {
      if (data?.kind === "media" && peer) this.#tiles.get(peer.id)?.setMedia(data);
    });
    room.on("state", (state, reason) => {
      if (state === RoomState.JOINED) {
        room.message({ kind: "media", ...this.#mediaState() });
        this.#self.setName(name, true);
        toast(room.peers.size ? `You joined ${room.id}` : `You are the first in ${room.id}`);
      } else if (state === RoomState.LEFT) this.#end(reason);
    });
  }

  /** @param {Peer} peer */
  #addPeer(peer) {
    const tile = new Tile(peer.name, peer.stream, false);
    tile.element.dataset.peerId = peer.id;
    tile.setMedia(peer.metadata);
    this.#tiles.set(peer.id, tile);
    byId("grid").append(tile.element);
    byId("invite").hidden = true;
    peer.on("state", () => this.#drawState(peer));
    peer.on("track", () => {
      tile.refresh(peer.stream);
      tile.play(() => { byId("unmute-page").hidden = false; });
    });
    this.#drawState(peer);
    if (this.room.state === RoomState.JOINED) {
      toast(`${peer.name || "A guest"} joined`);
      this.room.message({ kind: "media", ...this.#mediaState() }, peer.id);
    }
  }

  /** @param {Peer} peer @param {string} reason */
  #removePeer(peer, reason) {
    this.#tiles.get(peer.id)?.remove();
    this.#tiles.delete(peer.id);
    byId("invite").hidden = this.#tiles.size > 0;
    const words = LEFT_WORDS[reason] ?? "left";
    if (words) toast(`${peer.name || "A guest"} ${words}`);
  }

  /** @param {Peer} peer */
  #drawState(peer) {
    const isAway = peer.presence === Presence.AWAY;
    this.#tiles.get(peer.id)?.setState(peer.state, PEER_WORDS[peer.state] + (isAway ? " · away from the server" : ""));
  }

  /** @param {string} [reason] */
  #end(reason = "") {
    for (const remove of this.#removers) remove();
    this.#self.remove();
    if (reason !== "left") this.session.close();
    byId("invite").hidden = false;
    byId("room-label").hidden = true;
    byId("unmute-page").hidden = true;
    this.#onEnd(REFUSAL_WORDS[this.#refusal?.code] ?? this.#refusal?.message ?? reason, reason === "left");
  }
}
