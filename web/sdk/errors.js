// SPDX-License-Identifier: Apache-2.0
// @ts-check
import { named } from "./states.js";

/** Codes that arise on this side of the wire; all others are the server's own and pass through unchanged. */
export const ErrorCode = named(
  "timeout",
  "disconnected",
  "closed",
  /** The other side did not come back in time to hear of it. */
  "expired",
  "unreachable",
  /** The application's `token()` failed. */
  "no_token",
  /** Not in this browser, or not on a page like this one. */
  "unsupported",
  "glare",
  "description_failed",
  "bad_answer",
);

/** @param {string} code @param {string} [message] what the sender of a signal is told that came to nothing here */
export const refusal = (code, message = code) => ({ ok: false, error: { code, message } });

/** @type {Record<string, string>} */
const WORDS = {
  timeout: "The server did not answer.",
  disconnected: "The connection was lost.",
  closed: "The connection is closed.",
};

/** What a request failed with. `code` is for programs, `message` for people: the server's words, or ours, or else the code once more. */
export class ParleyError extends Error {
  name = "ParleyError";

  /** @param {string} code @param {string} message @param {{retryable?: boolean, duplicate?: boolean, retryAfterMs?: number, field?: string}} details */
  constructor(code = "bad_answer", message = WORDS[code] ?? code, { retryable = false, duplicate, retryAfterMs, field } = {}) {
    super(message);
    this.code = code;
    /** Whether the same request may succeed later. */
    this.retryable = retryable;
    /** The server repeats the outcome that the same message id had before. */
    this.duplicate = duplicate;
    this.retryAfterMs = retryAfterMs;
    this.field = field;
  }

  /** @param {any} error the `error` of an ack, or the `data` of a refused connection */
  static from(error = {}) {
    return new ParleyError(error.code, error.message, error);
  }

  /** Nobody said no: the line was at fault. */
  get isOfLine() {
    return this.code === "disconnected" || this.code === "timeout";
  }
}
