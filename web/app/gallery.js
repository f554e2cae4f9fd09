// SPDX-License-Identifier: Apache-2.0
// @ts-check
import { Presence, RoomState } from "../sdk/index.js";
import { announce, byId, toast } from "./dom.js";
import { mayModerate, openModeration } from "./moderation.js";
import { Tile } from "./tile.js";
import { LEFT_WORDS, PEER_WORDS } from "./words.js";

/** @typedef {import("../sdk/index.js").Peer} Peer */

/** The tiles of the others, kept as the room says. */
export class Gallery {
  /** @type {Map<string, Tile>} by peer id */
  #tiles = new Map();
  #room;
  #onWhy;

  /** @param {import("../sdk/index.js").Room} room @param {(peer: Peer) => void} onWhy somebody asks how the connection to a peer fares */
  constructor(room, onWhy) {
    this.#room = room;
    this.#onWhy = onWhy;
    room.on("peer:joined", (peer) => this.#add(peer));
    room.on("peer:left", (peer, reason = "left") => this.#remove(peer, reason));
    room.on("peer:away", (peer) => this.#drawState(peer));
    room.on("peer:back", (peer) => this.#drawState(peer));
    room.on("peer:updated", (peer) => this.#draw(peer));
    for (const peer of room.peers.values()) this.#add(peer);
    // Who may do what has changed, for us and therefore for every tile.
    room.on("self", () => this.#drawAll());
  }

  /** @param {string} peerId */
  tile(peerId) {
    return this.#tiles.get(peerId);
  }

  /** A gesture has been made: now the browser lets the page be heard. */
  unmute() {
    for (const tile of this.#tiles.values()) tile.unmute();
  }

  #drawAll() {
    for (const peer of this.#room.peers.values()) this.#draw(peer);
  }

  /** @param {Peer} peer */
  #add(peer) {
    const tile = new Tile(peer.name, peer.stream, false);
    tile.element.dataset.peerId = peer.id;
    tile.offerWhy(() => this.#onWhy(peer));
    this.#tiles.set(peer.id, tile);
    byId("grid").append(tile.element);
    byId("invite").hidden = true;
    peer.on("state", () => this.#drawState(peer));
    peer.on("receipt", (receipt) => tile.setReceipt(receipt));
    peer.on("track", () => {
      tile.refresh(peer.stream);
      tile.play(() => { byId("unmute-page").hidden = false; });
    });
    this.#drawState(peer);
    this.#draw(peer);
    if (this.#room.state === RoomState.JOINED) toast(`${peer.name || "A guest"} joined`);
  }

  /** @param {Peer} peer @param {string} reason */
  #remove(peer, reason) {
    this.#tiles.get(peer.id)?.remove();
    this.#tiles.delete(peer.id);
    byId("invite").hidden = this.#tiles.size > 0;
    const words = LEFT_WORDS[reason] ?? "left";
    if (words) toast(`${peer.name || "A guest"} ${words}`);
  }

  /** @param {Peer} peer */
  #draw(peer) {
    const tile = this.#tiles.get(peer.id);
    tile?.setName(peer.name, false);
    if (tile?.setMedia(peer.metadata)) announce(`${peer.name || "A guest"} raised a hand`);
    tile?.setRole(peer.role, mayModerate(this.#room, peer) ? () => openModeration(this.#room, peer) : null);
  }

  /** @param {Peer} peer whose picture is kept while they are away: media needs no server */
  #drawState(peer) {
    const isAway = peer.presence === Presence.AWAY;
    this.#tiles.get(peer.id)?.setState(peer.state, isAway ? "Reconnecting…" : PEER_WORDS[peer.state], peer.presence);
  }
}
