// SPDX-License-Identifier: Apache-2.0
// @ts-check
import { Emitter } from "./emitter.js";
import { ErrorCode, ParleyError } from "./errors.js";
import { Room } from "./room.js";
import { SessionState } from "./states.js";

/**
 * @typedef {object} ConnectOptions
 * @property {any} [io] a Socket.IO client, this server's own or the official one; the page's global one if absent
 * @property {string} [url] the server; where the page came from if absent
 * @property {Record<string, any>} [auth] `{token?, name?, metadata?}`
 * @property {number} [requestTimeoutMs]
 */

/** @param {ConnectOptions & Record<string, any>} options all others go to the Socket.IO client */
export function connect({ io = /** @type {any} */ (globalThis).io, url, requestTimeoutMs, ...options } = {}) {
  if (typeof io !== "function") throw new ParleyError(ErrorCode.UNREACHABLE, "No Socket.IO client is loaded on this page.");
  const socket = url === undefined ? io(options) : io(url, options);
  return new Session(socket, requestTimeoutMs);
}

/** One page's line to the server. Events: `state` (state, reason), `welcome` (welcome), `transport` (name), `problem` (error). */
export class Session extends Emitter {
  /** @type {string} one of SessionState */
  state = SessionState.CONNECTING;
  /** @type {any} what the server last said of itself and of us */
  welcome;
  /** @type {RTCIceServer[]} */
  iceServers = [];
  #timeoutMs;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #retry;

  /** @param {any} socket a Socket.IO socket @param {number} [timeoutMs] */
  constructor(socket, timeoutMs = 15000) {
    super();
    this.socket = socket;
    this.#timeoutMs = timeoutMs;
    socket.on("welcome", (/** @type {any} */ welcome) => this.#onWelcome(welcome));
    socket.on("connect", () => socket.io.engine?.on?.("upgrade", () => this.emit("transport", this.transport)));
    socket.on("disconnect", (/** @type {string} */ reason) => this.#onDisconnect(reason));
    socket.on("connect_error", (/** @type {any} */ error) => this.#onRefused(error));
    socket.on("ice:servers", (/** @type {any} */ push) => this.#setIceServers(push));
    socket.on("error", (/** @type {any} */ report) => this.emit("problem", ParleyError.from(report?.error), report?.event));
    globalThis.addEventListener?.("pagehide", (event) => event.persisted || this.#sayGoodbye());
  }

  /** @returns {string | undefined} our own id in every room; it survives a resumed connection */
  get peerId() {
    return this.welcome?.peerId;
  }

  /** @returns {string | undefined} "polling" or "websocket" */
  get transport() {
    return this.socket.connected ? this.socket.io.engine?.transport?.name : undefined;
  }

  /**
   * Sends an event and waits for the server's answer; a refusal is thrown as a ParleyError.
   * @param {string} event @param {any} [payload]
   * @param {{timeoutMs?: number, apply?: (answer: any) => void}} options `apply` runs before the next event is looked at
   * @returns {Promise<any>}
   */
  request(event, payload = {}, { timeoutMs = this.#timeoutMs, apply } = {}) {
    return new Promise((resolve, reject) => {
      if (this.state === SessionState.CLOSED) return reject(new ParleyError(ErrorCode.CLOSED, "The connection is closed."));
      this.socket.timeout(timeoutMs).emit(event, payload, (/** @type {Error | null} */ failure, /** @type {any} */ answer) => {
        if (failure) {
          const [code, message] = this.socket.connected
            ? [ErrorCode.TIMEOUT, `The server did not answer “${event}” in time.`]
            : [ErrorCode.DISCONNECTED, `The connection was lost while “${event}” was under way.`];
          reject(new ParleyError(code, message, { retryable: true }));
        } else if (answer?.ok === true) {
          apply?.(answer);
          resolve(answer);
        } else if (answer?.ok === false) reject(ParleyError.from(answer.error));
        else reject(new ParleyError(ErrorCode.BAD_ANSWER, `The server's answer to “${event}” makes no sense.`));
      });
    });
  }

  /**
   * Sends an event and asks for nothing.
   * @param {string} event @param {any} payload
   */
  send(event, payload) {
    this.socket.emit(event, payload);
  }

  /**
   * @param {string} room its id @param {Record<string, any>} [options] password, metadata, create, settings
   * @returns {Room} at once, in state `joining`; await its `ready`
   */
  join(room, options) {
    return new Room(this, room, options);
  }

  close() {
    clearTimeout(this.#retry);
    this.socket.disconnect();
    this.#setState(SessionState.CLOSED, "closed by this page");
  }

  /** @param {any} welcome */
  #onWelcome(welcome) {
    this.welcome = welcome;
    this.#setIceServers(welcome);
    this.#setState(SessionState.CONNECTED);
    this.emit("welcome", welcome);
  }

  /** @param {string} reason */
  #onDisconnect(reason) {
    this.#setState(this.socket.active ? SessionState.RECONNECTING : SessionState.CLOSED, reason);
  }

  /** @param {any} error */
  #onRefused(error) {
    const refusal = error.data?.code ? ParleyError.from(error.data, error.message)
      : new ParleyError(ErrorCode.UNREACHABLE, error.message, { retryable: true });
    this.emit("problem", refusal);
    if (this.socket.active) return;
    if (!refusal.retryable) return this.#setState(SessionState.CLOSED, refusal.message);
    this.#retry = setTimeout(() => this.socket.connect(), refusal.retryAfterMs ?? 5000);
  }

  /** @param {any} source */
  #setIceServers(source) {
    if (!Array.isArray(source?.iceServers)) return;
    this.iceServers = source.iceServers;
    this.emit("iceServers", this.iceServers);
  }

  /** The page is going away: the others need not wait for a time-out. */
  #sayGoodbye() {
    const { _pid: pid, io } = this.socket;
    if (!pid || !this.socket.connected) return;
    navigator.sendBeacon?.(`${io.uri ?? ""}${io.opts.path.replace(/\/$/, "")}/bye`, JSON.stringify({ pid }));
  }

  /** @param {string} state @param {string} [reason] */
  #setState(state, reason) {
    if (this.state === state) return;
    this.state = state;
    this.emit("state", state, reason);
  }
}
