// SPDX-License-Identifier: Apache-2.0
// @ts-check
import { ErrorCode, ParleyError } from "./errors.js";
import { watchNetwork } from "./pulse.js";
import { Session } from "./session.js";
import { SessionState } from "./states.js";
import { Tab } from "./tab.js";

/**
 * @typedef {object} ConnectOptions
 * @property {any} [io] a Socket.IO client, this server's own or the official one; the page's global one if absent
 * @property {string} [url] the server; where the page came from if absent
 * @property {Record<string, any>} [auth] `{token?, user?, name?, metadata?}`
 * @property {string | (() => string | Promise<string>)} [token] a function is asked anew at each connect, and before the token expires
 * @property {number} [requestTimeoutMs]
 * @property {boolean} [remember] whether a reload may go on with the session; true if absent
 */

/** @param {ConnectOptions & Record<string, any>} options all others go to the Socket.IO client */
export function connect({ io = /** @type {any} */ (globalThis).io, url, requestTimeoutMs, remember = true, auth, token, ...options } = {}) {
  if (typeof io !== "function") throw new ParleyError(ErrorCode.UNREACHABLE, "No Socket.IO client is loaded on this page.");
  const tab = remember ? new Tab(url ?? "") : undefined;
  const claim = tab?.claim();
  // Only until the client has a session of its own to come back to: what stands in `auth` goes before that.
  const withSession = async (/** @type {(auth: any) => void} */ send) => send({ ...auth, ...await session.credentials(), ...(!socket._pid && await claim) });
  // Coming back by WebSocket is faster, and opens a connection of its own: those kept for polling may be dead with the network.
  const all = { rememberUpgrade: true, ...options, auth: withSession };
  const socket = url === undefined ? io(all) : io(url, all);
  const session = new Session(socket, requestTimeoutMs, token);
  const keep = (/** @type {string} */ offset) => session.welcome?.pid && tab?.remember(session.welcome.pid, offset);
  session.on("welcome", () => keep(socket._lastOffset));
  socket.on("offset", keep);
  session.on("state", (state) => state === SessionState.CLOSED && tab?.forget());
  watchNetwork({
    isConnected: () => session.state === SessionState.CONNECTED,
    ask: (timeoutMs) => session.request("ice", {}, { timeoutMs }),
    changed: () => session.emit("network"),
    giveUp: () => socket.io.engine?.close(),
  });
  globalThis.addEventListener?.("pagehide", (event) => event.persisted || (sayGoodbye(session) && tab?.forget()));
  return session;
}

/**
 * The page is going away: the others need not wait for a time-out.
 * @param {Session} session @returns {boolean} whether the browser takes the message along
 */
function sayGoodbye({ socket, welcome }) {
  const pid = welcome?.pid ?? socket._pid;
  if (!pid || !socket.connected) return false;
  return navigator.sendBeacon?.(`${socket.io.uri ?? ""}${socket.io.opts.path.replace(/\/$/, "")}/bye`, JSON.stringify({ pid })) === true;
}
