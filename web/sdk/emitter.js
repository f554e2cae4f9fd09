// SPDX-License-Identifier: Apache-2.0
// @ts-check

/** @typedef {(...args: any[]) => void} Listener */

/** A small event emitter. `on()` returns the function that removes the listener again. */
export class Emitter {
  /** @type {Map<string, Set<Listener>>} */
  #listeners = new Map();

  /** @param {string} event @param {Listener} listener @returns {() => void} */
  on(event, listener) {
    const listeners = this.#listeners.get(event) ?? new Set();
    this.#listeners.set(event, listeners.add(listener));
    return () => void listeners.delete(listener);
  }

  /** @param {string} event @param {Listener} listener @returns {() => void} */
  once(event, listener) {
    const remove = this.on(event, (...args) => {
      remove();
      listener(...args);
    });
    return remove;
  }

  /**
   * A listener that throws is reported as uncaught; it stops neither the others nor the caller.
   * @param {string} event @param {any[]} args
   */
  emit(event, ...args) {
    for (const listener of [...(this.#listeners.get(event) ?? [])]) {
      try {
        listener(...args);
      } catch (error) {
        queueMicrotask(() => { throw error; });
      }
    }
  }
}
