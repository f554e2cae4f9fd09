// SPDX-License-Identifier: Apache-2.0
// @ts-check

const PATIENCE_MS = 3000;

/**
 * Asks the server for a sign of life when the page learns that the network may be another one, or that it was asleep:
 * a connection that died in silence is given up at once, not when its heartbeat is overdue.
 * @param {import("./session.js").Session} session @param {AbortController} bound until then
 */
export function watchNetwork(session, bound) {
  const check = () => {
    if (session.state !== "connected" || document.hidden) return;
    // Any answer is a sign of life.
    session.request("ice", {}, { timeoutMs: PATIENCE_MS }).catch(({ code }) => code === "timeout" && session.socket.io.engine?.close());
  };
  const change = () => {
    session.emit("network");
    check();
  };
  addEventListener("online", change, bound);
  document.addEventListener("visibilitychange", check, bound);
  // Not every browser tells of it.
  /** @type {any} */ (navigator).connection?.addEventListener("change", change, bound);
}
