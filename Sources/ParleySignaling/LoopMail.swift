// SPDX-License-Identifier: Apache-2.0
internal import ParleyEngineIO

/// What one loop has to tell another.
enum LoopMail: Sendable {
    case join(JoinRequest)
    case leave(RoomName, SessionID, LeaveReason)
    case message(RoomName, RoomMessage)
    case notice(RoomName, RoomNotice)
    case joinRefusal(SessionID, ackID: Int?, Refusal)
    case refusal(SessionID, ackID: Int?, event: String, Refusal)
    case signal(RemoteSignal)
    case receipt(SessionID, ackID: Int, event: String, ReceiptOutcome)
}

/// A signal to a peer on another loop, which is checked there.
struct RemoteSignal: Sendable {
    var kind: SignalKind
    var sender: SessionID
    var target: SessionID
    /// The room the sender named, if any.
    var room: RoomName?
    var body: SignalBody
    /// The sender's ack, when it wants one.
    var ackID: Int?
    var confirmation: Confirmation
    var timeoutMs: Int
}

extension [LoopMail] {
    /// Whether it lets a peer in, upon which that peer may speak to loops that other mail has to reach first.
    var holdsAck: Bool {
        contains {
            if case .notice(_, .joined(_, _, _, let ackID?)) = $0 { ackID >= 0 } else { false }
        }
    }
}
