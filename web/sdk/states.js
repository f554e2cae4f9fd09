// SPDX-License-Identifier: Apache-2.0
// @ts-check

/**
 * Named texts: `{FIRST: "first", …}`.
 * @template {string} Name
 * @param {Name[]} names @returns {{readonly [Each in Name as Uppercase<Each>]: Each}}
 */
export const named = (...names) => /** @type {any} */ (Object.freeze(Object.fromEntries(names.map((name) => [name.toUpperCase(), name]))));

// Inside, the texts themselves are used: tsc compares them with these types.
/** @typedef {typeof SessionState[keyof typeof SessionState]} SessionStateName */
/** @typedef {typeof RoomState[keyof typeof RoomState]} RoomStateName */
/** @typedef {typeof PeerState[keyof typeof PeerState]} PeerStateName */
/** @typedef {typeof Presence[keyof typeof Presence]} PresenceName */
/** @typedef {typeof ReceiptState[keyof typeof ReceiptState]} ReceiptStateName */
/** @typedef {typeof CallState[keyof typeof CallState]} CallStateName */

/** The way to the server. */
export const SessionState = named(
  "connecting",
  "connected",
  /** Lost, and being brought back. Media between peers goes on meanwhile. */
  "reconnecting",
  /** For good: refused, replaced, or closed by this page. */
  "closed",
);

export const RoomState = named(
  "joining",
  /** In the lobby: a moderator has to open. */
  "waiting",
  "joined",
  /** The server has forgotten this page, which is joining again. */
  "rejoining",
  "left",
);

/** The media connection to one peer. */
export const PeerState = named(
  "new",
  "connecting",
  "connected",
  /** Nothing has come through for some seconds; it may come back by itself. */
  "interrupted",
  /** It did not: another way through the network is being looked for. */
  "restarting",
  "failed",
  "closed",
);

/** Whether a peer's own way to the server is up; says nothing about its media. */
export const Presence = named("here", "away");

/** What is known of a description's way to the other side: never more than is true. */
export const ReceiptState = named(
  "sent",
  /** They are away; the server keeps it for them. */
  "queued",
  "delivered",
  "applied",
  "failed",
);

/** A call that rings, or has rung. */
export const CallState = named(
  "ringing",
  "accepted",
  "declined",
  "cancelled",
  "timeout",
  "busy",
  "unreachable",
  /** Another device of the same person took it or turned it down. */
  "elsewhere",
  "ended",
);
