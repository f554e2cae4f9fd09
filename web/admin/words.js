// SPDX-License-Identifier: Apache-2.0
// @ts-check

/** @param {number} at milliseconds since 1970 @param {number} [now] */
export const ago = (at, now = Date.now()) => span(Math.max(0, now - at));

/** @param {number} ms */
export function span(ms) {
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 172800) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86400)} days`;
}

/**
 * What is special about a room.
 * @param {{settings: any, callId?: string}} room
 */
export function rules({ settings = {}, callId }) {
  const { capacity, locked, password, lobby, public: isPublic } = settings;
  return [callId && "call", capacity && `at most ${capacity}`, locked && "locked", password && "password", lobby && "lobby", isPublic && "public"]
    .filter(Boolean).join(", ");
}

/**
 * Who a peer is: their name, their user, or else their id.
 * @param {{peerId?: string, name?: string, user?: string}} peer
 */
export const who = ({ peerId = "", name, user }) => name ?? user ?? peerId;

/** @type {Record<string, string>} */
const FACTS = {
  "room:created": "Room created", "room:updated": "Rules changed", "room:closed": "Room closed",
  "peer:connected": "Connected", "peer:resumed": "Resumed", "peer:disconnected": "Disconnected",
  "peer:joined": "Joined", "peer:left": "Left", "peer:away": "Lost the line", "peer:back": "Back again", moderated: "Moderated",
  "call:started": "Call began", "call:missed": "Call missed", "call:ended": "Call ended", admin: "Audit", gap: "Not remembered",
};

/** @param {string} type */
export const factTitle = (type) => FACTS[type] ?? type;

/** @param {any} fact @returns {string} what there is to say of it */
export function factWords({ type, peerId, data = {} }) {
  if (type === "gap") return `${data.lost} events were forgotten before they could be shown`;
  if (type === "admin") {
    const { admin, request, payload = {}, ok, code } = data;
    const { room, ...rest } = /** @type {any} */ (typeof payload === "object" ? payload : { payload });
    return [`${admin}: ${request}`, ...Object.entries(rest).map(([key, value]) => `${key} ${typeof value === "object" ? JSON.stringify(value) : value}`), ok ? "" : `refused: ${code}`].filter(Boolean).join(" · ");
  }
  const { action, reason, by, role, address, durationMs, joins, to, user, calleeUser } = data;
  const parties = type.startsWith("call:") ? `${user ?? peerId ?? ""} → ${calleeUser ?? to ?? ""}` : peerId && who({ peerId, ...data });
  return [parties, action, role, reason, by && `by ${by}`, address, durationMs !== undefined && `after ${span(durationMs)}`, joins !== undefined && `${joins} joins`]
    .filter(Boolean).join(" · ");
}
