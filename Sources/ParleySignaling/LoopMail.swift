// SPDX-License-Identifier: Apache-2.0
internal import ParleyEngineIO

/// What one loop has to tell another.
enum LoopMail: Sendable {
    case join(JoinRequest)
    case leave(RoomName, SessionID, LeaveReason)
    case message(RoomName, Signal)
    case notice(RoomName, RoomNotice)
    case joinRefusal(SessionID, ackID: Int?, Refusal)
    /// A signal to a peer of that loop, which is checked there, in the room that the sender named, if any.
    case signal(Signal, to: SessionID, in: RoomName?)
    case refusal(SessionID, ackID: Int?, SignalKind, Refusal)
    case receipt(SessionID, ackID: Int, SignalKind, ReceiptOutcome)
}

extension [LoopMail] {
    /// Whether it lets a peer in, upon which that peer may speak to loops that other mail has to reach first.
    var holdsAck: Bool {
        contains {
            if case .notice(_, .joined(_, _, _, .some)) = $0 { true } else { false }
        }
    }
}
