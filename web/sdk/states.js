// SPDX-License-Identifier: Apache-2.0
// @ts-check

/** The way to the server. */
export const SessionState = Object.freeze({
  CONNECTING: "connecting",
  CONNECTED: "connected",
  /** Lost, and being brought back. Media between peers goes on meanwhile. */
  RECONNECTING: "reconnecting",
  /** For good: refused, replaced, or closed by this page. */
  CLOSED: "closed",
});

export const RoomState = Object.freeze({
  JOINING: "joining",
  /** In the lobby: a moderator has to open. */
  WAITING: "waiting",
  JOINED: "joined",
  /** The server has forgotten this page, which is joining again. */
  REJOINING: "rejoining",
  LEFT: "left",
});

/** The media connection to one peer. */
export const PeerState = Object.freeze({
  NEW: "new",
  CONNECTING: "connecting",
  CONNECTED: "connected",
  /** Nothing has come through for some seconds; it may come back by itself. */
  INTERRUPTED: "interrupted",
  /** It did not: another way through the network is being looked for. */
  RESTARTING: "restarting",
  FAILED: "failed",
  CLOSED: "closed",
});

/** Whether a peer's own way to the server is up; says nothing about its media. */
export const Presence = Object.freeze({ HERE: "here", AWAY: "away" });

/** What is known of a description's way to the other side: never more than is true. */
export const ReceiptState = Object.freeze({
  SENT: "sent",
  /** They are away; the server keeps it for them. */
  QUEUED: "queued",
  DELIVERED: "delivered",
  APPLIED: "applied",
  FAILED: "failed",
});

/** A call that rings, or has rung. */
export const CallState = Object.freeze({
  RINGING: "ringing",
  ACCEPTED: "accepted",
  DECLINED: "declined",
  CANCELLED: "cancelled",
  TIMEOUT: "timeout",
  BUSY: "busy",
  UNREACHABLE: "unreachable",
  /** Another device of the same person took it or turned it down. */
  ELSEWHERE: "elsewhere",
  ENDED: "ended",
});
