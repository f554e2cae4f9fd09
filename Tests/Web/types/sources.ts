// SPDX-License-Identifier: Apache-2.0
// The hand-written declarations and the sources agree: what is declared is there, and takes what it is said to take.
// Nothing of it runs.
import * as sdk from "../../../web/sdk/index.js";
import { connect } from "../../../web/sdk/connect.js";
import { ErrorCode, ParleyError } from "../../../web/sdk/errors.js";
import { LocalMedia } from "../../../web/sdk/media.js";
import { Peer } from "../../../web/sdk/peer.js";
import { Call } from "../../../web/sdk/ringing.js";
import { Room } from "../../../web/sdk/room.js";
import { Session } from "../../../web/sdk/session.js";
import { CallState, PeerState, Presence, ReceiptState, RoomState, SessionState } from "../../../web/sdk/states.js";
import * as client from "../../../web/socket.io/index.js";
import { Manager } from "../../../web/socket.io/manager.js";
import { Socket } from "../../../web/socket.io/socket.js";

/** The names that are declared and not there, and those of methods that do not take what is declared. */
type Wrong<Declared, Source> = Exclude<keyof Declared, keyof Source> | {
  // What is declared as `any` says nothing of it.
  [Name in Exclude<keyof Declared & keyof Source, keyof sdk.Emitter>]: 0 extends 1 & Declared[Name] ? never : Declared[Name] extends (...args: infer Args) => any
    ? Source[Name] extends (...args: Args) => any ? never : Name
    : never;
}[Exclude<keyof Declared & keyof Source, keyof sdk.Emitter>];

type None<Names> = [Names] extends [never] ? "agreed" : `wrong: ${Names & string}`;

// The client makes these at run time: other names of `on` and `off`, and a method for each option of reconnection.
type Aliases = "addEventListener" | "removeListener" | "removeEventListener" | "removeAllListeners";
type Settings = "timeout" | "randomizationFactor" | `reconnection${string}`;

type Agreement = {
  session: None<Wrong<sdk.Session, Session>>; room: None<Wrong<sdk.Room, Room>>; peer: None<Wrong<sdk.Peer, Peer>>;
  call: None<Wrong<sdk.Call, Call>>; media: None<Wrong<sdk.LocalMedia, LocalMedia>>; error: None<Wrong<sdk.ParleyError, ParleyError>>;
  socket: None<Exclude<Wrong<client.Socket, Socket>, Aliases>>; manager: None<Exclude<Wrong<client.Manager, Manager>, Aliases | Settings>>;
};
export const agreement: Agreement = {
  session: "agreed", room: "agreed", peer: "agreed", call: "agreed", media: "agreed", error: "agreed", socket: "agreed", manager: "agreed",
};

/** Constants have the same names and texts on both sides. */
type Same<Declared, Source extends Declared> = keyof Source extends keyof Declared ? Source : never;
export type Constants = [
  Same<typeof sdk.SessionState, typeof SessionState>, Same<typeof sdk.RoomState, typeof RoomState>, Same<typeof sdk.PeerState, typeof PeerState>,
  Same<typeof sdk.ReceiptState, typeof ReceiptState>, Same<typeof sdk.CallState, typeof CallState>, Same<typeof sdk.Presence, typeof Presence>,
  Same<typeof sdk.ErrorCode, typeof ErrorCode>,
];
export const options: (...args: Parameters<typeof sdk.connect>) => unknown = connect;
