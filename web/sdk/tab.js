// SPDX-License-Identifier: Apache-2.0
// @ts-check

/** A reloaded page waits this long for the page before to be gone. */
const PATIENCE_MS = 400;

/**
 * Remembers the session for the next page in the same tab: one that was reloaded without having said goodbye, because it
 * crashed or was offline, takes its own seat again instead of sitting beside its ghost. The browser copies this memory when a
 * tab is duplicated; the lock, held for as long as a page lives, tells the copy that the session is somebody else's.
 */
export class Tab {
  #key;
  /** The session whose lock this page holds. */
  #held = "";

  /** @param {string} server */
  constructor(server) {
    this.#key = `parley.session ${server}`;
  }

  /** @returns {Promise<{pid: string, offset?: string} | undefined>} the session of the page before, if it is free; asked once */
  async claim() {
    try {
      const session = JSON.parse(sessionStorage.getItem(this.#key) ?? "null");
      return session && await this.#hold(session.pid) ? session : undefined;
    } catch {
      // No memory, or none for this page.
      return undefined;
    }
  }

  /** @param {string} pid @param {string} [offset] */
  async remember(pid, offset) {
    try {
      // Where a session cannot be guarded it is not kept.
      if (await this.#hold(pid)) sessionStorage.setItem(this.#key, JSON.stringify({ pid, ...(offset && { offset }) }));
    } catch {
      // Then a reload is a new session.
    }
  }

  forget() {
    try {
      sessionStorage.removeItem(this.#key);
    } catch {
      // It was not kept either.
    }
  }

  /** @param {string} pid @returns {Promise<boolean>} whether the session is this page's */
  #hold(pid) {
    if (pid === this.#held) return Promise.resolve(true);
    const { locks } = /** @type {{locks?: LockManager}} */ (navigator);
    if (!locks) return Promise.resolve(false);
    return new Promise((resolve) => {
      const held = (/** @type {Lock | null} */ lock) => {
        this.#held = lock ? pid : this.#held;
        resolve(Boolean(lock));
        return new Promise(() => {});
      };
      const patience = new AbortController();
      setTimeout(() => patience.abort(), PATIENCE_MS);
      locks.request(`parley ${pid}`, { signal: patience.signal }, held).catch(() => resolve(false));
    });
  }
}
