// SPDX-License-Identifier: Apache-2.0
// @ts-check

/** @typedef {import("./emitter.js").Listener} Listener */

/**
 * The ack function handed to the application: works once.
 * @param {(args: any[]) => void} send @returns {(...args: any[]) => void}
 */
export function answerOnce(send) {
  let isSent = false;
  return (...args) => {
    if (!isSent) send(args);
    isSent = true;
  };
}

/** Acknowledgements a socket still waits for. */
export class Acks {
  #next = 0;
  /** @type {Map<number, {listener: Listener, hasError: boolean, timer?: ReturnType<typeof setTimeout>}>} */
  #waiting = new Map();

  /**
   * @param {(...args: any[]) => void} listener
   * @param {boolean} hasError whether its first argument is an error or null
   * @param {number | undefined} timeout in milliseconds @param {(id: number) => void} onTimeout
   */
  add(listener, hasError, timeout, onTimeout) {
    const id = this.#next++;
    const timer = timeout === undefined ? undefined : setTimeout(() => {
      onTimeout(id);
      this.#waiting.delete(id);
      listener(new Error("operation has timed out"));
    }, timeout);
    this.#waiting.set(id, { listener, hasError, timer });
    return id;
  }

  /** @param {any} id @param {any[]} args */
  resolve(id, args) {
    const entry = this.#waiting.get(id);
    if (!entry) return;
    this.#waiting.delete(id);
    clearTimeout(entry.timer);
    entry.listener(...(entry.hasError ? [null] : []), ...args);
  }

  /**
   * The connection is gone: those that can be told are told, except for what was never sent.
   * @param {(id: number) => boolean} isBuffered
   */
  fail(isBuffered) {
    for (const [id, entry] of [...this.#waiting]) {
      if (isBuffered(id)) continue;
      this.#waiting.delete(id);
      clearTimeout(entry.timer);
      if (entry.hasError) entry.listener(new Error("socket has been disconnected"));
    }
  }
}
