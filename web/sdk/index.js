// SPDX-License-Identifier: Apache-2.0
// @ts-check
export { connect, Session } from "./session.js";
export { Room } from "./room.js";
export { Peer } from "./peer.js";
export { LocalMedia } from "./media.js";
export { Emitter } from "./emitter.js";
export { ErrorCode, ParleyError } from "./errors.js";
export { PeerState, Presence, RoomState, SessionState } from "./states.js";
