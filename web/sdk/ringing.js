// SPDX-License-Identifier: Apache-2.0
// @ts-check
import { Emitter } from "./emitter.js";
import { Room } from "./room.js";
import { CallState } from "./states.js";

/** What the server says of a call, and what the call then is. */
const NEWS = {
  "call:declined": CallState.DECLINED,
  "call:cancelled": CallState.CANCELLED,
  "call:timeout": CallState.TIMEOUT,
  "call:ended": CallState.ENDED,
  "call:elsewhere": CallState.ELSEWHERE,
};

/** A call that rings here or elsewhere; accepted, it has a `room` of two. Events: `state` (state, news). */
export class Call extends Emitter {
  /** @type {string} one of CallState */
  state = CallState.RINGING;
  /** @type {Room | undefined} */
  room;
  #session;

  /** @param {any} session @param {boolean} isIncoming @param {any} info callId, expiresAt, and for an incoming one from, name, user, media, metadata */
  constructor(session, isIncoming, info) {
    super();
    this.#session = session;
    this.id = info.callId;
    this.isIncoming = isIncoming;
    this.info = info;
  }

  /** @returns {Promise<Room>} fails with `call_state` where somebody was faster */
  async accept() {
    await this.#session.request("call:accept", { callId: this.id }, { apply: (/** @type {any} */ answer) => this.become(CallState.ACCEPTED, answer) });
    return /** @type {Room} */ (this.room);
  }

  /** @param {string} [reason] */
  decline(reason) {
    return this.#stop("decline", CallState.DECLINED, reason);
  }

  /** @param {string} [reason] */
  cancel(reason) {
    return this.#stop("cancel", CallState.CANCELLED, reason);
  }

  /** @param {string} [reason] */
  end(reason) {
    return this.#stop("end", CallState.ENDED, reason);
  }

  /** @param {string} state @param {any} news of the server; only the session passes them on */
  become(state, news) {
    const isOver = this.state !== CallState.RINGING && this.state !== CallState.ACCEPTED;
    if (isOver || state === this.state) return;
    this.state = state;
    if (state === CallState.ACCEPTED) {
      const { room: id, peer, iceServers } = news;
      const self = { peerId: this.#session.peerId };
      // Nobody may come to a call that is over: where the server has forgotten it, it is not made anew.
      this.room = new Room(this.#session, id, { create: false, joined: { room: { id }, self, peers: [peer], iceServers } });
    }
    this.emit("state", state, news);
  }

  /** @param {string} verb @param {string} state @param {string} [reason] */
  async #stop(verb, state, reason) {
    await this.#session.insist(`call:${verb}`, { callId: this.id, reason });
    this.become(state, { reason });
  }
}

/** The calls of a session, by id. */
export class Ringing {
  /** @type {Map<string, Call>} */
  #calls = new Map();
  #session;

  /** @param {any} session */
  constructor(session) {
    this.#session = session;
    session.socket.on("call:incoming", (/** @type {any} */ info, /** @type {any} */ ack) => {
      // After a resume the same may come again.
      if (!this.#calls.has(info.callId)) session.emit("call", this.#add(true, info));
      ack?.({ ok: true });
    });
    session.socket.on("call:accepted", (/** @type {any} */ news) => this.#calls.get(news.callId)?.become(CallState.ACCEPTED, news));
    for (const [event, state] of Object.entries(NEWS)) {
      session.socket.on(event, (/** @type {any} */ news) => {
        this.#calls.get(news.callId)?.become(state, news);
        this.#calls.delete(news.callId);
      });
    }
  }

  /** @param {string} to @param {Record<string, any>} [options] @returns {Promise<Call>} */
  call(to, options) {
    return new Promise((resolve, reject) => {
      // Kept inside the answer: the next event may already be about this call.
      const apply = (/** @type {any} */ answer) => {
        const call = this.#add(false, answer);
        call.become(answer.status, answer);
        resolve(call);
      };
      this.#session.request("call", { to, ...options }, { apply }).catch(reject);
    });
  }

  /** @param {boolean} isIncoming @param {any} info */
  #add(isIncoming, info) {
    const call = new Call(this.#session, isIncoming, info);
    this.#calls.set(call.id, call);
    return call;
  }
}
