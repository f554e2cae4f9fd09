// SPDX-License-Identifier: Apache-2.0
// @ts-check
import { ErrorCode, ParleyError } from "./errors.js";
import { Line } from "./line.js";
import { Ringing } from "./ringing.js";
import { Room } from "./room.js";
import { SessionState } from "./states.js";

/**
 * One page's line to the server. Events: `state` (state, reason, code), `welcome` (welcome), `transport` (name), `iceServers` (servers),
 * `call` (call), `network` (it may be another one), `draining` ({reason, inMs}: the server is about to go down),
 * `notice` ({text, at, room}: a word of whoever runs the server), `problem` (error).
 */
export class Session extends Line {
  /** @type {any} what the server last said of itself and of us */
  welcome;
  /** @type {RTCIceServer[]} */
  iceServers = [];
  #ringing;
  #token;
  /** A refused token is asked for anew once, until the server welcomes us. */
  #isRenewed = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #retry;

  /**
   * @param {any} socket a Socket.IO socket @param {number} [timeoutMs]
   * @param {string | (() => string | Promise<string>)} [token]
   */
  constructor(socket, timeoutMs = 15000, token) {
    super(socket, timeoutMs);
    this.#token = token;
    this.#ringing = new Ringing(this);
    socket.on("welcome", (/** @type {any} */ welcome) => this.#onWelcome(welcome));
    socket.on("connect", () => socket.io.engine?.on?.("upgrade", () => this.emit("transport", this.transport)));
    socket.on("disconnect", (/** @type {string} */ reason) => this.#onDisconnect(reason));
    socket.on("connect_error", (/** @type {any} */ error) => this.#onRefused(error));
    socket.on("auth:expiring", () => this.#refresh());
    socket.on("server:draining", (/** @type {any} */ news) => this.emit("draining", news));
    socket.on("notice", (/** @type {any} */ news) => this.emit("notice", news));
    socket.on("ice:servers", (/** @type {any} */ push) => this.#setIceServers(push));
    socket.on("error", (/** @type {any} */ report) => this.emit("problem", ParleyError.from(report?.error), report?.event));
  }

  /** @returns {string | undefined} our own id in every room; it survives a resumed connection */
  get peerId() {
    return this.welcome?.peerId;
  }

  /** @returns {string | undefined} "polling" or "websocket" */
  get transport() {
    return this.socket.connected ? this.socket.io.engine?.transport?.name : undefined;
  }

  /** @returns {Promise<{token?: string}>} what the server is shown; empty where there is no token to be had */
  async credentials() {
    try {
      const token = typeof this.#token === "function" ? await this.#token() : this.#token;
      return token ? { token } : {};
    } catch (error) {
      this.emit("problem", new ParleyError(ErrorCode.NO_TOKEN, /** @type {Error} */ (error)?.message ?? "No token was given."));
      return {};
    }
  }

  /** @returns {Promise<void>} with the next welcome, or at once; also when there will be none */
  whenConnected() {
    if (this.state === SessionState.CONNECTED || this.state === SessionState.CLOSED) return Promise.resolve();
    return new Promise((resolve) => this.once("state", () => resolve(this.whenConnected())));
  }

  /**
   * @param {string} room its id @param {Record<string, any>} [options] password, metadata, create, settings, message, onPassword, videoBudget
   * @returns {Room} at once, in state `joining`; await its `ready`
   */
  join(room, options) {
    return new Room(this, room, options);
  }

  /**
   * Lets the devices of somebody ring.
   * @param {string} to a user or a peer id @param {{media?: any, metadata?: any, timeoutMs?: number}} [options]
   * @returns {Promise<import("./ringing.js").Call>}
   */
  call(to, options) {
    return this.#ringing.call(to, options);
  }

  close() {
    clearTimeout(this.#retry);
    this.socket.disconnect();
    this._become(SessionState.CLOSED, "closed by this page");
  }

  /** @param {any} welcome */
  #onWelcome(welcome) {
    const isFirst = !this.welcome;
    this.welcome = welcome;
    this.#isRenewed = false;
    // Seats of the page that was here before a reload: its connections are gone, so that others must begin anew with us.
    if (isFirst && welcome.resumed) for (const room of welcome.rooms ?? []) this.send("leave", { room });
    this.#setIceServers(welcome);
    this._become(SessionState.CONNECTED);
    this.emit("welcome", welcome);
  }

  /** @param {string} reason */
  #onDisconnect(reason) {
    this._become(this.socket.active ? SessionState.RECONNECTING : SessionState.CLOSED, reason);
  }

  /** @param {any} error */
  #onRefused(error) {
    const refusal = error.data?.code ? ParleyError.from(error.data, error.message)
      : new ParleyError(ErrorCode.UNREACHABLE, error.message, { retryable: true });
    if (refusal.code === "auth_expired" && typeof this.#token === "function" && !this.#isRenewed) {
      this.#isRenewed = true;
      return void this.socket.connect();
    }
    this.emit("problem", refusal);
    if (this.socket.active) return;
    if (!refusal.retryable) return this._become(SessionState.CLOSED, refusal.message, refusal.code);
    this.#retry = setTimeout(() => this.socket.connect(), refusal.retryAfterMs ?? 5000);
  }

  /** A token that is given as such cannot be renewed: the server will say what becomes of it. */
  async #refresh() {
    if (typeof this.#token !== "function") return;
    const shown = await this.credentials();
    if (shown.token) await this.insist("auth:refresh", shown).catch((error) => this.emit("problem", error, "auth:refresh"));
  }

  /** @param {any} source */
  #setIceServers(source) {
    if (!Array.isArray(source?.iceServers)) return;
    this.iceServers = source.iceServers;
    this.emit("iceServers", this.iceServers);
  }
}
