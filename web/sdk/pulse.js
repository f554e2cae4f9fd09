// SPDX-License-Identifier: Apache-2.0
// @ts-check

const PATIENCE_MS = 3000;

/**
 * Asks the server for a sign of life when the page learns that the network may be another one, or that it was asleep:
 * a connection that died in silence is given up at once, not when its heartbeat is overdue.
 * @param {{isConnected: () => boolean, ask: (timeoutMs: number) => Promise<any>, giveUp: () => void, changed: () => void}} line
 */
export function watchNetwork({ isConnected, ask, giveUp, changed }) {
  let isAsking = false;
  const check = async () => {
    if (isAsking || !isConnected() || globalThis.document?.visibilityState === "hidden") return;
    isAsking = true;
    try {
      await ask(PATIENCE_MS);
    } catch (error) {
      // Any answer is a sign of life.
      if (/** @type {any} */ (error).code === "timeout") giveUp();
    }
    isAsking = false;
  };
  const change = () => {
    changed();
    check();
  };
  globalThis.addEventListener?.("online", change);
  globalThis.document?.addEventListener("visibilitychange", check);
  /** @type {any} */ (globalThis.navigator)?.connection?.addEventListener?.("change", change);
}
