// SPDX-License-Identifier: Apache-2.0
// @ts-check
import { Emitter } from "./emitter.js";
import { ErrorCode, ParleyError } from "./errors.js";
import { Peer } from "./peer.js";
import { routeRoomEvents } from "./routes.js";
import { Presence, RoomState, SessionState } from "./states.js";

/**
 * A call. Events: `state` (state, reason), `peer:joined` (peer), `peer:left` (peer, reason), `peer:away` and `peer:back` (peer),
 * `message` (data, peer), `problem` (error).
 */
export class Room extends Emitter {
  /** @type {string} one of RoomState */
  state = RoomState.JOINING;
  /** @type {Map<string, Peer>} by peer id, in the order of joining */
  peers = new Map();
  /** @type {any} our own seat: peerId, role, name, metadata */
  self;
  /** @type {any} id, settings, metadata, createdAt */
  info;
  /** @type {Record<string, any>} sent along at each join */
  metadata;
  #session;
  #options;
  /** @type {Map<string, MediaStreamTrack | null>} by kind */
  #tracks = new Map();
  #unroute;

  /** @param {import("./session.js").Session} session @param {string} id @param {Record<string, any>} options */
  constructor(session, id, { metadata = {}, ...options } = {}) {
    super();
    this.#session = session;
    this.id = id;
    this.metadata = metadata;
    this.#options = options;
    this.#unroute = routeRoomEvents(session, this, {
      add: (info) => this.#add(info),
      remove: (peer, reason) => this.#remove(peer, reason),
      setPresence: (peer, presence) => this.#setPresence(peer, presence),
      rejoin: () => this.#rejoin(),
      end: (reason) => this.#end(reason),
    });
    /** @type {Promise<this>} settles with the first join */
    this.ready = this.#join();
    this.ready.catch(() => {});
  }

  /** @param {"audio" | "video"} kind @param {MediaStreamTrack | null} track what every peer gets from now on, later ones too */
  publish(kind, track) {
    this.#tracks.set(kind, track);
    for (const peer of this.peers.values()) peer.setTrack(kind, track);
  }

  /**
   * @param {any} data @param {string} [to] a peer id; everyone in the room if absent
   */
  message(data, to) {
    if (this.state !== RoomState.JOINED) return;
    this.#session.send("message", to === undefined ? { room: this.id, data } : { to, data });
  }

  /** @returns {Promise<void>} */
  async leave() {
    if (this.state === RoomState.LEFT) return;
    this.#end("left");
    if (this.#session.state === SessionState.CONNECTED) {
      await this.#session.request("leave", { room: this.id }, { timeoutMs: 3000 }).catch(() => {});
    }
  }

  /** Goes on trying while only the line is at fault; a refusal ends it. */
  async #join() {
    const payload = { room: this.id, metadata: this.metadata, ...this.#options };
    while (this.state !== RoomState.LEFT) {
      try {
        // Applied inside the ack: the next event may already be about one of these peers.
        await this.#session.request("join", payload, { apply: (answer) => this.#enter(answer) });
        break;
      } catch (problem) {
        const { code, message } = /** @type {ParleyError} */ (problem);
        if (code === "already_joined") this.#session.send("leave", { room: this.id });
        else if (code !== ErrorCode.DISCONNECTED && code !== ErrorCode.TIMEOUT) {
          this.emit("problem", problem);
          this.#end(message);
          throw problem;
        }
      }
    }
    return this;
  }

  /** @param {any} answer */
  #enter({ room, self, peers, iceServers }) {
    if (this.state === RoomState.LEFT) return;
    for (const peer of [...this.peers.values()]) this.#remove(peer, "rejoined");
    this.info = room;
    this.self = self;
    if (iceServers) this.#session.iceServers = iceServers;
    for (const info of peers ?? []) this.#add(info);
    this.#setState(RoomState.JOINED);
  }

  /** The server does not know us any more, so that every seat is a new one. */
  async #rejoin() {
    this.#setState(RoomState.REJOINING);
    await this.#join().catch(() => {});
  }

  /** @param {any} info */
  #add(info) {
    /** @type {Peer} */
    const peer = new Peer(info, {
      request: (event, payload) => this.#session.request(event, payload),
      send: (event, payload) => this.#session.send(event, payload),
      isOnline: () => this.#session.state === SessionState.CONNECTED && peer.presence === Presence.HERE,
    }, { iceServers: this.#session.iceServers });
    this.peers.set(peer.id, peer);
    this.emit("peer:joined", peer);
    peer.start(this.#tracks);
  }

  /** @param {Peer} peer @param {string} reason */
  #remove(peer, reason) {
    this.peers.delete(peer.id);
    peer.close();
    this.emit("peer:left", peer, reason);
  }

  /** @param {Peer} peer @param {string} presence */
  #setPresence(peer, presence) {
    peer.presence = presence;
    this.emit(`peer:${presence === Presence.AWAY ? "away" : "back"}`, peer);
    if (presence === Presence.HERE) peer.recover();
  }

  /** @param {string} reason */
  #end(reason) {
    if (this.state === RoomState.LEFT) return;
    this.#unroute();
    for (const peer of [...this.peers.values()]) this.#remove(peer, ErrorCode.CLOSED);
    this.#setState(RoomState.LEFT, reason);
  }

  /** @param {string} state @param {string} [reason] */
  #setState(state, reason) {
    this.state = state;
    this.emit("state", state, reason);
  }
}
