// SPDX-License-Identifier: Apache-2.0
// @ts-check

/**
 * At-least-once sending for `retries`: one event at a time, in order, tried again when its ack does not come.
 */
export class RetryQueue {
  /** @type {{args: any[], flags: Record<string, any>, attempts: number, isPending: boolean}[]} */
  #queue = [];
  #socket;
  #limit;

  /** @param {any} socket @param {number} limit */
  constructor(socket, limit) {
    this.#socket = socket;
    this.#limit = limit;
  }

  /** @param {any[]} args @param {Record<string, any>} flags */
  add(args, flags) {
    const ack = typeof args.at(-1) === "function" ? args.pop() : undefined;
    const entry = { args, flags: { ...flags, isRetry: true }, attempts: 0, isPending: false };
    /** @param {Error | null} error @param {any[]} answer */
    const onAck = (error, ...answer) => {
      if (entry !== this.#queue[0]) return;
      entry.isPending = false;
      if (!error || entry.attempts > this.#limit) {
        this.#queue.shift();
        ack?.(error, ...answer);
      }
      this.drain();
    };
    args.push(Object.assign(onAck, { withError: true }));
    this.#queue.push(entry);
    this.drain();
    return this.#socket;
  }

  /** @param {boolean} [isNewConnection] what was pending on the old one is sent again */
  drain(isNewConnection) {
    const entry = this.#queue[0];
    if (!entry || !this.#socket.connected || (entry.isPending && !isNewConnection)) return;
    entry.isPending = true;
    entry.attempts += 1;
    this.#socket.flags = entry.flags;
    this.#socket.emit(...entry.args);
  }
}
