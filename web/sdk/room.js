// SPDX-License-Identifier: Apache-2.0
// @ts-check
import { routeNotices } from "./notices.js";
import { Peer } from "./peer.js";
import { routePeers } from "./routes.js";
import { RoomMedia } from "./sending.js";

/** @typedef {import("./errors.js").ParleyError} ParleyError */

/**
 * A call of several. Events: `state` (state, reason, code), `peer:joined`, `peer:away`, `peer:back`, `peer:updated` (peer), `peer:left` (peer,
 * reason), `updated` (info), `self` (seat), `knocks` (), `moderated` (request), `message` (data, peer), `channel` (channel, peer), `sharing` (isOn),
 * `problem` (error). Methods that begin with `_` are for what the server says.
 */
export class Room extends RoomMedia {
  /** @type {any} our own seat: peerId, role, name, metadata */
  self;
  /** @type {any} id, settings, metadata, createdAt */
  info;
  /** Our place in the lobby when we came to it, from 1. */
  position = 0;
  #options;
  #onPassword;
  /** The metadata that the server has been told with the join. */
  #told;
  #removers;

  /** @param {import("./session.js").Session} session @param {string} id @param {Record<string, any>} options */
  constructor(session, id, { metadata = {}, videoBudget = 3_000_000, onPassword, joined, ...options } = {}) {
    super(session, id, metadata, videoBudget);
    this.#options = options;
    this.#told = metadata;
    this.#onPassword = onPassword;
    this.#removers = [...routePeers(this), ...routeNotices(this)];
    if (joined) this._enter(joined);
    /** @type {Promise<this>} settles when the room, or its lobby, has been entered */
    this.ready = this.#join();
    this.ready.catch(() => {});
  }

  async leave() {
    if (this.state === "left") return;
    this._end("left", "left");
    // A server that cannot be reached now hears of it when it is back.
    const later = () => void this.insist("leave").catch(() => {});
    if (this.session.state !== "connected") later();
    else await this.request("leave", {}, { timeoutMs: 3000 }).catch(later);
  }

  /** Goes on trying while only the line is at fault, or while a password is given; a refusal ends it. */
  async #join() {
    for (;;) {
      await this.session.whenConnected();
      // The room may have been left by then.
      if (!["joining", "rejoining"].includes(this.state)) return this;
      try {
        // Applied inside the ack: the next event may already be about one of these peers.
        const payload = { metadata: this.#told = this.metadata, ...this.#options };
        await this.request("join", payload, { apply: (/** @type {any} */ answer) => this._enter(answer) });
      } catch (problem) {
        const error = /** @type {ParleyError} */ (problem);
        if (error.code === "already_joined") this.session.socket.emit("leave", { room: this.id });
        // A password that was absent, wrong, or tried too often can be asked for.
        else if (!error.isOfLine && !(error.field === "password" && (this.#options.password = await this.#onPassword?.(error)))) {
          this.emit("problem", error);
          this._end(error.message, error.code);
          throw error;
        }
      }
    }
  }

  /** @param {any} answer */
  _enter({ room, self, peers = [], waiting, position = 0 }) {
    if (this.state === "left") return;
    this.peers.forEach((peer) => this._remove(peer, "rejoined"));
    this.knocks.clear();
    this.position = position;
    if (waiting) return this._become("waiting");
    this.self = self;
    this.info = room;
    for (const info of peers) this._add(info);
    this._become("joined");
    // Changed while we were on our way in.
    if (this.metadata !== this.#told) this.update(this.metadata).catch(() => {});
  }

  /** The server does not know us any more, so that every seat is a new one. */
  _rejoin() {
    this._become("rejoining");
    this.#join().catch(() => {});
  }

  /** @param {any} info */
  _add(info) {
    const { session, id: room } = this;
    // They may share another room with us, where they are another pair.
    const way = { room, to: info.peerId };
    /** @type {Peer} */
    const peer = new Peer(info, {
      request: (event, payload) => session.request(event, { ...way, ...payload }),
      send: (event, payload) => session.socket.emit(event, { ...way, ...payload }),
      isOnline: () => session.socket.connected && peer.presence === "here",
    }, { iceServers: session.iceServers });
    this.peers.set(peer.id, peer);
    this.emit("peer:joined", peer);
    peer.on("channel", (channel) => this.emit("channel", channel, peer));
    this._serve(peer);
  }

  /** @param {Peer} peer @param {string} reason */
  _remove(peer, reason) {
    this.peers.delete(peer.id);
    peer.close();
    this._share();
    this.emit("peer:left", peer, reason);
  }

  /** @param {Peer} peer @param {"here" | "away"} presence */
  _setPresence(peer, presence) {
    const isAway = presence === "away";
    peer.presence = presence;
    this.emit(isAway ? "peer:away" : "peer:back", peer);
    if (!isAway) peer.recover();
  }

  /** @param {string} reason in words @param {string} code */
  _end(reason, code) {
    if (this.state === "left") return;
    this.#removers.forEach((remove) => remove());
    this.peers.forEach((peer) => this._remove(peer, "closed"));
    this._become("left", reason, code);
    this._stopSending();
  }
}
