// SPDX-License-Identifier: Apache-2.0
internal import ParleyEngineIO
internal import ParleyJSON

/// A request for a room's home: may this peer come in?
struct JoinRequest: Sendable {
    var room: RoomName
    var peer: SessionID
    var ackID: Int?
    var name: String?
    var metadata: JSON
    /// False: only if the room exists.
    var creates: Bool
    var capacity: Int
    var roomMetadata: JSON
}

/// What a room's home tells the loops on which the room has members. In order.
enum RoomNotice: Sendable {
    /// A peer has come in. `roster` holds everybody, itself included, when the loop knew nothing of the room so far.
    case joined(Member, room: JSON, roster: [Member]?, ackID: Int?)
    case left(SessionID, reason: LeaveReason)
    /// A signal for everybody but its sender.
    case message(Signal)
    /// The room has taken a message for these members, of whom the sender wants receipts.
    case accepted(SessionID, ackID: Int, members: [SessionID])
}

/// Why a peer is no longer in a room.
enum LeaveReason: String, Sendable {
    case left, disconnected, timeout, replaced, kicked, banned
    case roomClosed = "room_closed"
    case tokenExpired = "token_expired"
    case serverShutdown = "server_shutdown"
}
