// SPDX-License-Identifier: Apache-2.0
// @ts-check
import { failureSentence } from "./failures.js";

/** Why this page is out of the room, by code or reason: what stands above, and a sentence where the failure's own words are not enough. */
const REFUSALS = /** @type {Record<string, [title: string, sentence?: string]>} */ ({
  room_full: ["The room is full", "No seat is free at the moment."],
  room_locked: ["The room is locked", "Nobody else can join at the moment."],
  room_password: ["The password is missing", "This room needs a password, and none was given."],
  room_closed: ["The room was closed"],
  room_not_found: ["No such room"],
  bad_payload: ["This room cannot be joined", "The name of the room, or yours, is none that this server takes."],
  too_large: ["This room cannot be joined", "The name of the room, or yours, is too long for this server."],
  banned: ["You were removed", "You were removed from this room and cannot come back for now."],
  kicked: ["You were removed", "A moderator removed you from this room."],
  denied: ["Not let in", "You were not let in."],
  auth_required: ["You are not signed in"],
  auth_invalid: ["You are not signed in"],
  auth_expired: ["Your sign-in has expired"],
  token_expired: ["Your sign-in has expired", "Your sign-in has expired."],
  no_token: ["You are not signed in"],
  forbidden: ["You are not allowed in"],
  rate_limited: ["Too many attempts"],
  server_full: ["The server is full"],
  draining: ["The server restarts"],
  server_shutdown: ["The server restarts", "The server is about to restart."],
  replaced: ["The call goes on elsewhere", "This place in the call was taken by another window."],
  "io server disconnect": ["The server ended the call", "The server has ended the connection."],
  timeout: ["The connection was lost"],
  disconnected: ["The connection was lost"],
  unreachable: ["The server cannot be reached"],
});

/** @param {string} code @returns {string} */
export const refusalTitle = (code) => REFUSALS[code]?.[0] ?? "You are not in the call";

/** @param {{code: string, message?: string}} failure what the server refused, or why it put this page out @returns {string} */
export const refusalSentence = (failure) => REFUSALS[failure.code]?.[1] ?? failureSentence(failure);
