// SPDX-License-Identifier: Apache-2.0
// @ts-check
import { Emitter } from "./emitter.js";
import { Room } from "./room.js";
import { CallState } from "./states.js";

/** @typedef {import("./session.js").Session} Session */

/** @type {string[]} */
const OPEN = ["ringing", "accepted"];

/** A call that rings here or elsewhere; accepted, it has a `room` of two. Events: `state` (state, news). */
export class Call extends Emitter {
  /** @type {import("./states.js").CallStateName} */
  state = "ringing";
  /** @type {Room | undefined} */
  room;
  #session;

  /** @param {Session} session @param {boolean} isIncoming @param {any} info callId, expiresAt, and for an incoming one from, name, user, media, metadata */
  constructor(session, isIncoming, info) {
    super();
    this.#session = session;
    this.id = info.callId;
    this.isIncoming = isIncoming;
    this.info = info;
  }

  /** @returns {Promise<Room>} fails with `call_state` where somebody was faster */
  async accept() {
    await this.#session.request("call:accept", { callId: this.id }, { apply: (/** @type {any} */ answer) => this._hear("accepted", answer) });
    return /** @type {Room} */ (this.room);
  }

  /** @param {string} [reason] */
  decline(reason) {
    return this.#stop("decline", "declined", reason);
  }

  /** @param {string} [reason] */
  cancel(reason) {
    return this.#stop("cancel", "cancelled", reason);
  }

  /** @param {string} [reason] */
  end(reason) {
    return this.#stop("end", "ended", reason);
  }

  /** @param {string} state @param {any} news of the server's */
  _hear(state, news) {
    if (!OPEN.includes(this.state)) return;
    if (state === "accepted" && !this.room) {
      const { room: id, peer } = news;
      // Nobody may come to a call that is over: where the server has forgotten it, it is not made anew.
      this.room = new Room(this.#session, id, { create: false, joined: { room: { id }, self: { peerId: this.#session.peerId }, peers: [peer] } });
      this.room.on("state", (now, reason) => now === "left" && this._hear("ended", { reason }));
    }
    this._become(state, news);
  }

  /** @param {string} verb @param {string} state @param {string} [reason] */
  async #stop(verb, state, reason) {
    await this.#session.insist(`call:${verb}`, { callId: this.id, reason });
    this._hear(state, { reason });
  }
}

/**
 * The calls of a session. An incoming one is its event `call`.
 * @param {Session} session @returns {(to: string, options?: Record<string, any>) => Promise<Call>} rings
 */
export function bindCalls(session) {
  /** @type {Map<string, Call>} those that are not over, by id */
  const calls = new Map();
  const add = (/** @type {boolean} */ isIncoming, /** @type {any} */ info) => {
    const call = new Call(session, isIncoming, info);
    calls.set(call.id, call);
    call.on("state", (state) => OPEN.includes(state) || calls.delete(call.id));
    return call;
  };

  session.socket.on("call:incoming", (/** @type {any} */ info, /** @type {any} */ ack) => {
    // After a resume the same may come again.
    if (!calls.has(info.callId)) session.emit("call", add(true, info));
    ack?.({ ok: true });
  });
  for (const state of Object.values(CallState)) {
    session.socket.on(`call:${state}`, (/** @type {any} */ news) => calls.get(news.callId)?._hear(state, news));
  }
  // The server does not know us any more: what rang has ended. A call that was accepted ends with its room.
  const forget = () => calls.forEach((call) => call.room || call._hear("ended", {}));
  session.on("welcome", ({ resumed }) => resumed || forget());
  session.on("state", (state) => state === "closed" && forget());

  return async (to, options) => {
    /** @type {any} */
    let call;
    // Made inside the answer: the next event may already be about this call.
    const apply = (/** @type {any} */ answer) => {
      call = add(false, answer);
      call._hear(answer.status, answer);
    };
    await session.request("call", { to, ...options }, { apply });
    return call;
  };
}
