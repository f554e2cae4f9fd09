// SPDX-License-Identifier: Apache-2.0
// @ts-check

/**
 * Why something did not come about, for codes that need more than the server's own words.
 * @type {Record<string, string>}
 */
const FAILURE_WORDS = {
  peer_left: "they have left",
  peer_not_found: "they are not here any more",
  ack_timeout: "they did not answer in time",
  expired: "they did not come back in time",
  queue_full: "too much is waiting for them",
  timeout: "the server did not answer",
  disconnected: "the connection was lost",
  closed: "the connection is closed",
  bad_answer: "the server's answer makes no sense",
  glare: "their own offer stands",
};

/** @param {{code?: string, message?: string}} failure */
export const failureWords = ({ code = "", message = code }) => FAILURE_WORDS[code] ?? message;

/** @param {any} error the same, where it stands alone */
export const failureSentence = (error) => failureWords(error).replace(/^./, (first) => first.toUpperCase()).replace(/\.?$/, ".");
