// SPDX-License-Identifier: Apache-2.0
// @ts-check

/**
 * Why something did not come about, for every code there is: the server's, and those that arise in the browser.
 * @type {Record<string, string>}
 */
const FAILURE_WORDS = {
  bad_payload: "the server does not understand what this page sent",
  too_large: "it is too large",
  unknown_event: "this server cannot do that",
  auth_required: "this server needs you to sign in",
  auth_invalid: "your sign-in was not accepted",
  auth_expired: "your sign-in has expired",
  forbidden: "you are not allowed to do that",
  rate_limited: "that was too often in a short time",
  server_full: "the server is full at the moment",
  draining: "the server is about to restart",
  room_not_found: "there is no such room",
  room_full: "the room is full",
  room_locked: "the room is locked",
  room_password: "the room needs a password",
  room_closed: "the room was closed",
  already_joined: "you are in the room already",
  not_in_room: "you are not in the room any more",
  banned: "you were removed and cannot come back for now",
  peer_not_found: "they are not here any more",
  peer_left: "they have left",
  ack_timeout: "they did not answer in time",
  remote_rejected: "their page refused it",
  queue_full: "too much is waiting for them",
  call_state: "the call is over, or has been answered already",
  internal: "the server has failed",
  timeout: "the server did not answer",
  disconnected: "the connection was lost",
  closed: "the connection is closed",
  expired: "they did not come back in time",
  unreachable: "the server cannot be reached",
  no_token: "this page could not sign you in",
  unsupported: "this browser cannot do that",
  glare: "their own offer stands",
  description_failed: "the two browsers could not agree",
  bad_answer: "the server’s answer makes no sense",
};

/** Of these the server's own words, or those of the other page, say more than the page's: who may do it, or how long to wait. */
const SAID_BETTER = ["forbidden", "rate_limited", "remote_rejected"];

/** @param {{code?: string, message?: string}} failure @returns {string} the words of the page, or of whoever said no, or the code */
export function failureWords({ code = "", message = "" }) {
  // Another page may have answered with a code alone.
  const said = FAILURE_WORDS[message] ?? message;
  return (SAID_BETTER.includes(code) && said) || FAILURE_WORDS[code] || said || code;
}

/** @param {any} error the same, where it stands alone */
export const failureSentence = (error) => failureWords(error).replace(/^./, (first) => first.toUpperCase()).replace(/\.?$/, ".");
