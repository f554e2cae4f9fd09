// SPDX-License-Identifier: Apache-2.0
// @ts-check

/** Exponential back-off with jitter: the delay, twice that, four times … up to a ceiling, each moved at random. */
export class Backoff {
  attempts = 0;
  #opts;

  /** @param {Record<string, number>} opts read at each attempt */
  constructor(opts) {
    this.#opts = opts;
  }

  /** Milliseconds to wait before the next attempt, which this call counts. */
  duration() {
    const { reconnectionDelay, reconnectionDelayMax, randomizationFactor } = this.#opts;
    const spread = randomizationFactor * (Math.random() * 2 - 1);
    return Math.round(Math.min(reconnectionDelay * 2 ** this.attempts++ * (1 + spread), reconnectionDelayMax));
  }
}
