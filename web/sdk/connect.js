// SPDX-License-Identifier: Apache-2.0
// @ts-check
import { ParleyError } from "./errors.js";
import { watchNetwork } from "./pulse.js";
import { Session } from "./session.js";
import { rememberSeat } from "./tab.js";

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
  if (!io) throw new ParleyError("unreachable", "No Socket.IO client is loaded.");
  const tab = remember ? rememberSeat(url ?? "") : undefined;
  const claim = tab?.claim();
  const isText = typeof token === "string";
  // Coming back by WebSocket is faster, and opens a connection of its own: those kept for polling may be dead with the network.
  const socket = io(url, {
    rememberUpgrade: true,
    ...options,
    // The page before counts only until the client has a session of its own to come back to: what stands in `auth` goes before that.
    auth: async (/** @type {(auth: any) => void} */ send) => send({ ...auth, ...(isText ? { token } : await session.credentials()), ...(!socket._pid && await claim) }),
  });
  const session = new Session(socket, requestTimeoutMs, isText ? undefined : token);
  const bound = new AbortController();
  const keep = (/** @type {string} */ offset) => {
    const { pid } = session.welcome ?? {};
    if (pid) tab?.remember({ pid, offset });
  };
  socket.on("offset", keep);
  session.on("welcome", () => keep(socket._lastOffset));
  session.on("state", (state) => {
    if (state !== "closed") return;
    tab?.forget();
    bound.abort();
  });
  watchNetwork(session, bound);
  // The page is going away: the others need not wait for a time-out. A page that is kept may come back.
  addEventListener("pagehide", ({ persisted }) => {
    const { pid } = session.welcome ?? {};
    const { uri = "", opts } = socket.io;
    const isTold = pid && !persisted && socket.connected && navigator.sendBeacon(`${uri}${opts.path.replace(/\/$/, "")}/bye`, JSON.stringify({ pid }));
    if (isTold) tab?.forget();
  }, bound);
  return session;
}
