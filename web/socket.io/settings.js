// SPDX-License-Identifier: Apache-2.0
// @ts-check
import { Emitter } from "./emitter.js";

export const MANAGER_DEFAULTS = {
  reconnection: true,
  reconnectionAttempts: Infinity,
  reconnectionDelay: 1000,
  reconnectionDelayMax: 5000,
  randomizationFactor: 0.5,
  timeout: 20000,
};

/** Each of the options above is a method of its manager as well: without a value it tells, with one it sets. */
export class Adjustable extends Emitter {}

/** @type {any} */
const options = Adjustable.prototype;
for (const name of Object.keys(MANAGER_DEFAULTS)) {
  /** @this {any} @param {any} value */
  options[name] = function (value) {
    if (value === undefined) return this.opts[name];
    this.opts[name] = value;
    return this;
  };
}
