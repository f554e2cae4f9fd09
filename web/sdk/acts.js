// SPDX-License-Identifier: Apache-2.0
// @ts-check
import { messageId } from "./delivery.js";
import { Emitter } from "./emitter.js";

/** What somebody in a room can ask for. Every request resolves with the server's answer, or fails with a ParleyError. */
export class RoomActs extends Emitter {
  /** @type {import("./states.js").RoomStateName} */
  state = "joining";
  /** @type {Map<string, any>} who waits in the lobby, for those who may open: peerId, name, user, message */
  knocks = new Map();

  /**
   * @param {import("./session.js").Session} session @param {string} id
   * @param {Record<string, any>} metadata our own, as the others see it; sent along at each join
   * @param {number} videoBudget bits per second of video to all peers together; 0: as much as the browser likes
   */
  constructor(session, id, metadata, videoBudget) {
    super();
    this.session = session;
    this.id = id;
    this.metadata = metadata;
    /** @protected */
    this._videoBudget = videoBudget;
  }

  /**
   * Changes our own metadata: at once, or with the join where we are not in yet; `audio`, `video`, `screen`, `hand` and `name` have a meaning by convention.
   * @param {Record<string, any>} set @param {string[]} [remove] @returns {Promise<any>}
   */
  async update(set, remove) {
    this.metadata = { ...this.metadata, ...set };
    for (const key of remove ?? []) delete this.metadata[key];
    if (this.state === "joined") return this.insist("update", { set, remove });
  }

  /** @param {Record<string, any>} settings capacity, locked, password, lobby, public @param {Record<string, any>} [metadata] the room's, as a whole */
  updateRoom(settings, metadata) {
    return this.request("room:update", { settings, metadata });
  }

  /** @param {string} [peerId] one who waits; all of them if absent @returns {Promise<any>} */
  admit(peerId = "*") {
    return this.request("knock:answer", { peerId, admit: true });
  }

  /** @param {string} [peerId] @param {string} [reason] @returns {Promise<any>} */
  deny(peerId = "*", reason) {
    return this.request("knock:answer", { peerId, admit: false, reason });
  }

  /**
   * @param {"kick" | "ban" | "unban" | "mute" | "stop_video" | "lower_hand" | "lobby" | "role"} action
   * @param {string} peerId or "*" @param {{reason?: string, durationMs?: number, role?: string, by?: string[]}} [options]
   * @returns {Promise<{peerId: string, status: string}[]>} what has come of it, for each
   */
  async moderate(action, peerId, options) {
    return (await this.request("moderate", { peerId, action, ...options })).results;
  }

  /** @param {any} data @param {string} [to] a peer id; everyone in the room if absent @returns {Promise<any>} the receipt */
  message(data, to) {
    return this.insist("message", { to, data, mid: messageId() });
  }

  /** @param {string} event @param {Record<string, any>} [payload] @param {Record<string, any>} [options] as of the session's @returns {Promise<any>} */
  request(event, payload, options) {
    return this.session.request(event, { room: this.id, ...payload }, options);
  }

  /**
   * As `request`, again and again while only the line is at fault.
   * @param {string} event @param {Record<string, any>} [payload] @returns {Promise<any>}
   */
  insist(event, payload) {
    return this.session.insist(event, { room: this.id, ...payload });
  }
}
