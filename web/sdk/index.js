// SPDX-License-Identifier: Apache-2.0
// @ts-check
export { connect } from "./connect.js";
export { Session } from "./session.js";
export { Room } from "./room.js";
export { Peer } from "./peer.js";
export { Call } from "./ringing.js";
export { LocalMedia } from "./media.js";
export { Emitter } from "./emitter.js";
export { ErrorCode, ParleyError } from "./errors.js";
export { CallState, PeerState, Presence, ReceiptState, RoomState, SessionState } from "./states.js";
