// SPDX-License-Identifier: Apache-2.0
// @ts-check
import { Emitter, ParleyError } from "../sdk/index.js";
import { tokenOfTab } from "../app/token.js";

const KEY = "parley.admin", TOKEN = "parley.token";

/**
 * The line to the namespace `/admin`. Events: `in` (logged in, also after a lost line), `lost` (the line), `out` (words: why a login is needed),
 * `fact` (an `event` of the stream).
 */
export class Desk extends Emitter {
  /** Whether this account may look and change nothing; known when `in` is told. */
  isReadOnly = false;
  /** @type {any} */
  #socket;
  /** @type {string | undefined} the login that a reload takes up again */
  #login = sessionStorage.getItem(KEY) ?? undefined;
  #cursor = -1;

  /** Takes up the login of this tab, or the token in the address; `out` where there is neither. */
  resume() {
    const isGiven = new URLSearchParams(location.hash.slice(1)).has("token");
    const token = tokenOfTab();
    if (token && (isGiven || !this.#login)) this.#open({ token });
    else if (this.#login) this.#open();
    else this.emit("out", "");
  }

  /** @param {string} username @param {string} password */
  login(username, password) {
    this.#open({ username, password });
  }

  logout() {
    this.#forget();
    this.#socket?.disconnect();
    this.emit("out", "You are logged out.");
  }

  /**
   * @param {string} request @param {any} [payload] @returns {Promise<any>} the answer
   * @throws {ParleyError} where the server says no, or nothing
   */
  async ask(request, payload = {}) {
    const answer = await this.#socket.timeout(15000).emitWithAck(request, payload).catch(() => {
      throw new ParleyError("timeout", "The server did not answer.", { retryable: true });
    });
    if (answer.ok) return answer;
    throw ParleyError.from(answer.error);
  }

  /** @param {Record<string, string>} [shown] name and password, or a token; without them, the login that is known */
  #open(shown) {
    this.#socket?.disconnect();
    if (shown) this.#forget();
    if (shown?.token) sessionStorage.setItem(TOKEN, shown.token); // for a reload, which has no other login
    const auth = (/** @type {(auth: any) => void} */ give) => give(this.#login ? { sessionId: this.#login } : shown);
    const socket = this.#socket = /** @type {any} */ (globalThis).io("/admin", { forceNew: true, auth });
    socket.on("session", (/** @type {any} */ id) => {
      if (typeof id !== "string") return;
      this.#login = id;
      sessionStorage.setItem(KEY, id);
    });
    socket.on("connect", () => this.#follow());
    socket.on("event", (/** @type {any} */ fact) => {
      this.#cursor = fact.cursor ?? this.#cursor;
      this.emit("fact", fact);
    });
    socket.on("disconnect", () => socket === this.#socket && this.#login && this.emit("lost"));
    socket.on("connect_error", (/** @type {any} */ error) => this.#refused(socket, error));
  }

  /** The stream begins with what is left of the past, and after a lost line where it stopped. */
  async #follow() {
    try {
      const { cursor, admin } = await this.ask("stats");
      this.isReadOnly = admin.isReadOnly;
      // A server that was started again counts from 1.
      const since = this.#cursor >= 0 && this.#cursor <= cursor ? this.#cursor : Math.max(0, cursor - 1000);
      await this.ask("subscribe", { since });
      this.emit("in");
    } catch {
      this.#socket.disconnect().connect();
    }
  }

  /** @param {any} socket @param {any} error */
  #refused(socket, error) {
    if (socket !== this.#socket) return;
    if (!error.data) return void this.emit("lost"); // no server there: the client goes on trying
    const { code, retryAfterMs } = error.data;
    const wasLogin = this.#login;
    this.#forget();
    const wait = retryAfterMs ? ` Try again in ${Math.ceil(retryAfterMs / 1000)} s.` : "";
    this.emit("out", code === "rate_limited" ? `Too many wrong tries.${wait}` : wasLogin ? "Your login has ended. Please log in again."
      : code === "auth_invalid" ? "That name and password do not go together." : code === "forbidden" ? "This token may not administer." : error.message + wait);
  }

  #forget() {
    this.#login = undefined;
    this.isReadOnly = false;
    for (const key of [KEY, TOKEN]) sessionStorage.removeItem(key);
  }
}
