// SPDX-License-Identifier: Apache-2.0
// @ts-check
import { PeerState } from "./states.js";

const MAX_RESTARTS = 5;

/** Not every browser gives up a search that leads nowhere: two that both begin one anew can come to look for each other for ever. */
const SEARCH_MS = 20000;

/** @type {Record<string, string>} */
const STATE_OF_CONNECTION = {
  connecting: PeerState.CONNECTING,
  connected: PeerState.CONNECTED,
  disconnected: PeerState.INTERRUPTED,
  failed: PeerState.FAILED,
};

/** Follows a connection, and looks for another way through the network when it has failed. */
export class Restarts {
  #pc;
  #isInitiator;
  #isOnline;
  #onState;
  #count = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /**
   * @param {RTCPeerConnection} pc @param {boolean} isInitiator @param {() => boolean} isOnline
   * @param {(state: string) => void} onState told a PeerState
   */
  constructor(pc, isInitiator, isOnline, onState) {
    this.#pc = pc;
    this.#isInitiator = isInitiator;
    this.#isOnline = isOnline;
    this.#onState = onState;
  }

  /** The connection's state is another one. */
  follow() {
    const { connectionState } = this.#pc;
    clearTimeout(this.#timer);
    if (connectionState === "connected") this.#count = 0;
    if (connectionState === "failed") return this.#restart();
    if (connectionState === "connecting") this.#timer = setTimeout(() => this.#restart(), SEARCH_MS);
    if (connectionState === "connecting" && this.#count > 0) return;
    if (STATE_OF_CONNECTION[connectionState]) this.#onState(STATE_OF_CONNECTION[connectionState]);
  }

  /**
   * The way to the other side is whole again: begins anew where it had to give up or to wait.
   * @param {boolean} [isNewNetwork] looks for a way through it before the old one is found to be dead
   */
  recover(isNewNetwork) {
    const { connectionState } = this.#pc;
    this.#count = 0;
    if (connectionState === "failed") this.#restart();
    else if (isNewNetwork && !["new", "closed"].includes(connectionState)) this.#pc.restartIce();
  }

  stop() {
    clearTimeout(this.#timer);
  }

  /** The initiator at once, the other side only if that has not helped. */
  #restart() {
    if (this.#count >= MAX_RESTARTS) return this.#onState(PeerState.FAILED);
    this.#onState(PeerState.RESTARTING);
    const delay = (this.#isInitiator ? 0 : 3000) + 1000 * (2 ** this.#count - 1);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      // Without a line there is nobody to negotiate with; recover() comes back to it.
      if (!this.#isOnline()) return;
      this.#count += 1;
      this.#pc.restartIce();
      this.#timer = setTimeout(() => this.#restart(), 10000);
    }, delay);
  }
}
