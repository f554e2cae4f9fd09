// SPDX-License-Identifier: Apache-2.0
// @ts-check

/** @typedef {(...args: any[]) => void} Listener */

/** A small event emitter. `on()` returns the function that removes the listener again. */
export class Emitter {
  /** @type {string | undefined} where there are states, the one that holds */
  state;
  /** @type {Record<string, Set<Listener>>} */
  #listeners = Object.create(null);

  /** @param {string} event @param {Listener} listener @returns {() => void} */
  on(event, listener) {
    const listeners = this.#listeners[event] ??= new Set();
    listeners.add(listener);
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

  /** @protected @param {string} state told by the event `state`, if it is another one @param {any[]} why */
  _become(state, ...why) {
    if (this.state === state) return;
    this.state = state;
    this.emit("state", state, ...why);
  }

  /**
   * A listener that throws is reported as uncaught; it stops neither the others nor the caller.
   * @param {string} event @param {any[]} args
   */
  emit(event, ...args) {
    for (const listener of [...(this.#listeners[event] ?? [])]) {
      try {
        listener(...args);
      } catch (error) {
        reportError(error);
      }
    }
  }
}
