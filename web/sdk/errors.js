// SPDX-License-Identifier: Apache-2.0
// @ts-check

/** Codes that arise on this side of the wire; all others are the server's own and pass through unchanged. */
export const ErrorCode = Object.freeze({
  TIMEOUT: "timeout",
  DISCONNECTED: "disconnected",
  CLOSED: "closed",
  /** The other side did not come back in time to hear of it. */
  EXPIRED: "expired",
  UNREACHABLE: "unreachable",
  /** The application's `token()` failed. */
  NO_TOKEN: "no_token",
  /** Not in this browser, or not on a page like this one. */
  UNSUPPORTED: "unsupported",
  GLARE: "glare",
  DESCRIPTION_FAILED: "description_failed",
  BAD_ANSWER: "bad_answer",
});

/** What a request failed with: `code` is for programs, `message` for people. */
export class ParleyError extends Error {
  name = "ParleyError";

  /** @param {string} code @param {string} message @param {Record<string, any>} [details] */
  constructor(code, message, details = {}) {
    super(message);
    this.code = code;
    /** Whether the same request may succeed later. */
    this.retryable = details.retryable === true;
    /** The server repeats the outcome that the same message id had before. */
    this.isDuplicate = details.isDuplicate === true;
    /** @type {number | undefined} */
    this.retryAfterMs = details.retryAfterMs;
    /** @type {string | undefined} */
    this.field = details.field;
  }

  /** @param {any} error the `error` of an ack, or the `data` of a refused connection */
  static from(error, fallback = "The server gave no reason.") {
    const { code = "internal", message } = error ?? {};
    return new ParleyError(code, message || fallback, error ?? {});
  }
}
