// SPDX-License-Identifier: Apache-2.0
// @ts-check

/** A reloaded page waits this long for the page before to be gone. */
const PATIENCE_MS = 400;

/** @typedef {{pid: string, offset?: string}} Seat a session, and the last that was heard in it */

/**
 * Remembers the session for the next page in the same tab: one that was reloaded without having said goodbye, because it
 * crashed or was offline, takes its own seat again instead of sitting beside its ghost. The browser copies this memory when a
 * tab is duplicated; the lock, held for as long as a page lives, tells the copy that the session is somebody else's.
 * @param {string} server
 */
export function rememberSeat(server) {
  const key = `parley.session ${server}`;
  /** The session whose lock this page holds. */
  let held = "";

  /** @template Result @param {(storage: Storage) => Result} act @returns {Result | undefined} nothing where a page has no memory */
  const quietly = (act) => {
    try {
      return act(sessionStorage);
    } catch {
      return undefined;
    }
  };

  /** @param {string} pid @returns {boolean | Promise<boolean>} whether the session is this page's; where it cannot be guarded it is not */
  const hold = (pid) => pid === held || new Promise((resolve) => {
    const keep = () => {
      held = pid;
      resolve(true);
      return new Promise(() => {});
    };
    const refuse = () => resolve(false);
    const signal = /** @type {any} */ (AbortSignal).timeout(PATIENCE_MS);
    Promise.resolve(navigator.locks?.request(`parley ${pid}`, { signal }, keep)).then(refuse, refuse);
  });

  return {
    /** @returns {Promise<Seat | undefined>} of the page before, if it is free; asked once */
    async claim() {
      /** @type {Seat | undefined} */
      const seat = quietly((storage) => JSON.parse(/** @type {any} */ (storage.getItem(key))));
      return seat && await hold(seat.pid) ? seat : undefined;
    },
    /** @param {Seat} seat */
    async remember(seat) {
      if (await hold(seat.pid)) quietly((storage) => storage.setItem(key, JSON.stringify(seat)));
    },
    forget: () => quietly((storage) => storage.removeItem(key)),
  };
}
