// SPDX-License-Identifier: Apache-2.0
// @ts-check
import { ErrorCode, ParleyError } from "./errors.js";
import { routeNotices } from "./notices.js";
import { Peer } from "./peer.js";
import { routeRoomEvents } from "./routes.js";
import { RoomMedia } from "./sending.js";
import { Presence, RoomState, SessionState } from "./states.js";

/**
 * A call of several. Events: `state` (state, reason, code), `peer:joined`, `peer:away`, `peer:back`, `peer:updated` (peer), `peer:left` (peer,
 * reason), `updated` (info), `self` (seat), `knocks` (), `moderated` (request), `message` (data, peer), `channel` (channel, peer), `sharing` (isOn),
 * `problem` (error).
 */
export class Room extends RoomMedia {
  /** @type {string} one of RoomState */
  state = RoomState.JOINING;
  self = /** @type {any} our own seat: peerId, role, name, metadata */ (undefined);
  info = /** @type {any} id, settings, metadata, createdAt */ (undefined);
  /** Our place in the lobby when we came to it, from 1. */
  position = 0;
  #options;
  #onPassword;
  /** The metadata that the server has been told with the join. */
  #told;
  #unroute;

  /** @param {import("./session.js").Session} session @param {string} id @param {Record<string, any>} options */
  constructor(session, id, { metadata = {}, videoBudget = 3_000_000, onPassword, joined, ...options } = {}) {
    super(session, id, metadata, videoBudget);
    this.#options = options;
    this.#told = this.metadata;
    this.#onPassword = onPassword;
    /** @type {import("./routes.js").Actions} */
    const actions = {
      add: this.#add.bind(this), remove: this.#remove.bind(this), setPresence: this.#setPresence.bind(this),
      enter: this.#enter.bind(this), rejoin: this.#rejoin.bind(this), end: this.#end.bind(this),
    };
    const removers = [routeRoomEvents(session, this, actions), routeNotices(session, this, actions)];
    this.#unroute = () => removers.forEach((remove) => remove());
    if (joined) this.#enter(joined);
    /** @type {Promise<this>} settles when the room, or its lobby, has been entered */
    this.ready = joined ? Promise.resolve(this) : this.#join();
    this.ready.catch(() => {});
  }

  async leave() {
    if (this.state === RoomState.LEFT) return;
    this.#end("left", "left");
    if (this.session.state === SessionState.CONNECTED) await this.session.request("leave", { room: this.id }, { timeoutMs: 3000 }).catch(() => {});
  }

  /** Goes on trying while only the line is at fault, or while a password is given; a refusal ends it. */
  async #join() {
    while (this.state !== RoomState.LEFT) {
      await this.session.whenConnected();
      try {
        // Applied inside the ack: the next event may already be about one of these peers.
        const payload = { room: this.id, metadata: this.#told = this.metadata, ...this.#options };
        await this.session.request("join", payload, { apply: (/** @type {any} */ answer) => this.#enter(answer) });
        break;
      } catch (problem) {
        const error = /** @type {ParleyError} */ (problem);
        if (error.code === "already_joined") this.session.send("leave", { room: this.id });
        else if (error.code !== ErrorCode.DISCONNECTED && error.code !== ErrorCode.TIMEOUT && !await this.#askPassword(error)) {
          this.emit("problem", error);
          this.#end(error.message, error.code);
          throw error;
        }
      }
    }
    return this;
  }

  /** @param {ParleyError} error @returns {Promise<boolean>} whether to try again */
  async #askPassword(error) {
    const isAbout = error.code === "room_password" || (error.code === "rate_limited" && this.#options.password !== undefined);
    const password = isAbout && await this.#onPassword?.(error);
    if (password) this.#options.password = password;
    return Boolean(password);
  }

  /** @param {any} answer */
  #enter({ room, self, peers, iceServers, waiting, position }) {
    if (this.state === RoomState.LEFT) return;
    for (const peer of [...this.peers.values()]) this.#remove(peer, "rejoined");
    this.knocks.clear();
    this.position = position ?? 0;
    if (waiting) return this.#setState(RoomState.WAITING);
    this.info = room;
    this.self = self;
    if (iceServers) this.session.iceServers = iceServers;
    for (const info of peers ?? []) this.#add(info);
    this.#setState(RoomState.JOINED);
    // Changed while we were on our way in.
    if (this.metadata !== this.#told) this.insist("update", { set: this.metadata }).catch(() => {});
  }

  /** The server does not know us any more, so that every seat is a new one. */
  async #rejoin() {
    this.#setState(RoomState.REJOINING);
    await this.#join().catch(() => {});
  }

  /** @param {any} info */
  #add(info) {
    const { session } = this;
    /** @type {Peer} */
    const peer = new Peer(info, {
      request: session.request.bind(session),
      send: session.send.bind(session),
      isOnline: () => session.state === SessionState.CONNECTED && peer.presence === Presence.HERE,
    }, { iceServers: session.iceServers });
    this.peers.set(peer.id, peer);
    this.emit("peer:joined", peer);
    peer.on("channel", (channel) => this.emit("channel", channel, peer));
    this._serve(peer);
  }

  /** @param {Peer} peer @param {string} reason */
  #remove(peer, reason) {
    this.peers.delete(peer.id);
    peer.close();
    this._share();
    this.emit("peer:left", peer, reason);
  }

  /** @param {Peer} peer @param {string} presence */
  #setPresence(peer, presence) {
    peer.presence = presence;
    this.emit(`peer:${presence === Presence.AWAY ? "away" : "back"}`, peer);
    if (presence === Presence.HERE) peer.recover();
  }

  /** @param {string} reason in words @param {string} code */
  #end(reason, code) {
    if (this.state === RoomState.LEFT) return;
    this.#unroute();
    for (const peer of [...this.peers.values()]) this.#remove(peer, ErrorCode.CLOSED);
    this.#setState(RoomState.LEFT, reason, code);
    this._stopSending();
  }

  /** @param {string} state @param {string[]} why */
  #setState(state, ...why) {
    this.state = state;
    this.emit("state", state, ...why);
  }
}
