// SPDX-License-Identifier: Apache-2.0
// @ts-check

const MAX_RESTARTS = 5;

/** Not every browser gives up a search that leads nowhere: two that both begin one anew can come to look for each other for ever. */
const SEARCH_MS = 20000;

/**
 * Follows a connection, and looks for another way through the network when it has failed.
 * @param {RTCPeerConnection} pc @param {boolean} isInitiator @param {() => boolean} isOnline
 * @param {(state: import("./states.js").PeerStateName) => void} onState
 */
export function keepConnected(pc, isInitiator, isOnline, onState) {
  let count = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const stop = () => clearTimeout(timer);
  const later = (/** @type {() => void} */ act, /** @type {number} */ ms) => {
    stop();
    timer = setTimeout(() => ["connecting", "failed"].includes(pc.connectionState) && act(), ms);
  };

  /** The initiator at once, the other side only if that has not helped. */
  const restart = () => {
    if (count >= MAX_RESTARTS) return onState("failed");
    onState("restarting");
    later(() => {
      // Without a line there is nobody to negotiate with; recover() comes back to it.
      if (!isOnline()) return;
      count += 1;
      pc.restartIce();
      later(restart, 10000);
    }, (isInitiator ? 0 : 3000) + 1000 * (2 ** count - 1));
  };

  return {
    /** The connection's state is another one. */
    follow() {
      const { connectionState } = pc;
      stop();
      if (connectionState === "failed") restart();
      else if (connectionState === "disconnected") onState("interrupted");
      else {
        if (connectionState === "connected") count = 0;
        // While another way is looked for, “connecting” is nothing new.
        if (!count) onState(connectionState);
        if (connectionState === "connecting") later(restart, SEARCH_MS);
      }
    },
    /**
     * The way to the other side is whole again: begins anew where it had to give up or to wait.
     * @param {boolean} [isNewNetwork] looks for a way through it before the old one is found to be dead
     */
    recover(isNewNetwork) {
      const { connectionState } = pc;
      count = 0;
      if (connectionState === "failed") restart();
      else if (isNewNetwork && !["new", "closed"].includes(connectionState)) pc.restartIce();
    },
    stop,
  };
}
