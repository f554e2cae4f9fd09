// SPDX-License-Identifier: Apache-2.0
internal import NIOCore
internal import ParleyEngineIO
internal import ParleyJSON

/// Something that a peer does in or to a room, on its way to whoever keeps the truth about the room. What comes of it is
/// told later: an answer to the peer, and notices to all loops with members.
struct RoomAct: Sendable {
    enum Kind: Sendable {
        case join(JoinRequest)
        case leave(LeaveReason)
        /// The peer has lost its connection, or has come back.
        case presence(isAway: Bool)
        case message(Signal)
        case update(set: JSON?, remove: [String])
        case settings(SettingsChange)
        case answerKnock(Target, isAdmitted: Bool, reason: String?)
        case moderate(Moderation)
        /// A new token lets the peer moderate, or no longer does.
        case regrant(moderates: Bool)
        /// A call was accepted: its private room begins with both parties in it.
        case open(CallOpening)
        case close(reason: String)
        /// Somebody who runs the server does something, and waits for the outcome.
        case administer(AdminDeed, by: Admin, @Sendable (Result<JSON, Refusal>) -> Void)
    }

    var room: RoomName
    var peer: SessionID
    var ackID: Int?
    var kind: Kind

    /// The name of the request, for refusals.
    var event: String {
        switch kind {
        case .join: "join"
        case .leave, .close: "leave"
        case .presence: "presence"
        case .message(let signal): "\(signal.kind.name)"
        case .update: "update"
        case .settings: "room:update"
        case .answerKnock: "knock:answer"
        case .moderate: "moderate"
        case .regrant: "auth:refresh"
        case .open: "call:accept"
        case .administer: "admin"
        }
    }
}

/// Whoever decides about rooms: this process, for the rooms whose home one of its loops is, or something beyond it. May
/// answer at once or later, but what it tells about one room it tells in one order.
protocol RoomAuthority: AnyObject {
    func act(_ act: RoomAct)
}

/// May this peer come in?
struct JoinRequest: Sendable {
    var visitor: Visitor
    var proof: RoomState.Proof
    /// False: only if the room exists.
    var creates: Bool
    /// The rules, should the room come into being by this.
    var settings: SettingsChange
    /// The largest capacity of such a room.
    var maxCapacity = Int.max
}

/// A request for a sanction, or for a word to the client of another peer.
struct Moderation: Sendable {
    enum Action: String, Sendable {
        case kick, ban, unban, mute, lobby, role
        case stopVideo = "stop_video"
        case lowerHand = "lower_hand"

        /// Whether the peer's own client has to do it.
        var asksClient: Bool { self == .mute || self == .stopVideo || self == .lowerHand }
    }

    var action: Action
    var target: Target?
    var reason: String?
    var durationMs: Int?
    var role: Member.Role?
    var marks: Set<BanList.Mark>?
    /// Of a ban to be lifted.
    var user: String?
    var address: String?
}

/// The private room of an accepted call.
struct CallOpening: Sendable {
    var call: SessionID
    /// The user or peer that was called, as the caller named it.
    var to: String
    var caller: Visitor
    var callee: Visitor
    /// The callee's ack of `call:accept`.
    var ackID: Int?
}

/// What a peer is told when it has come into a room.
enum JoinReply: Sendable {
    /// The ack of its `join`.
    case ack(Int?)
    /// That it was let in from the lobby.
    case knock
    /// The ack of its `call:accept`.
    case accept(call: SessionID, ackID: Int?)
    /// That its call was accepted.
    case accepted(call: SessionID)
}

/// What a room's home tells the loops on which the room has members. In order.
enum RoomNotice: Sendable {
    /// A peer has come in. `roster` holds everybody, itself included, when the loop knew nothing of the room so far.
    /// `room` is the room as text, for the peer itself.
    case joined(Member, room: ByteBuffer, roster: [Member]?, JoinReply)
    case left(SessionID, reason: LeaveReason)
    /// Metadata, or with `tellsRole` the role, of a member is another. A change of role is told to the member too.
    case updated(Member, tellsRole: Bool)
    case presence(SessionID, isAway: Bool)
    /// To everybody: `room:updated` or `room:closed`.
    case event(StaticString, JSON)
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
