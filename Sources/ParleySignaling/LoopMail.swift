// SPDX-License-Identifier: Apache-2.0
internal import ParleyEngineIO
internal import ParleyJSON

/// What one loop has to tell another. Indirect: a batch of mail is moved and gone through as a batch of pointers.
indirect enum LoopMail: Sendable {
    /// For a room's home.
    case act(RoomAct)
    /// From a room's home.
    case notice(RoomName, RoomNotice)
    /// To a peer: the answer to its request.
    case answer(SessionID, ackID: Int?, event: String, Result<JSON, Refusal>)
    /// To a peer: an event.
    case tell(SessionID, StaticString, JSON)
    /// To a peer: it is in the lobby of a room now, or was turned away.
    case waits(SessionID, RoomName, Bool)
    /// A signal to a peer of that loop, which is checked there, in the room that the sender named, if any.
    case signal(Signal, to: SessionID, in: RoomName?)
    case refusal(SessionID, ackID: Int?, mid: String?, SignalKind, Refusal)
    case receipt(SessionID, ackID: Int, SignalKind, ReceiptOutcome)
    /// To the sender of a signal: what became of it after its ack.
    case settled(SessionID, Settlement)
    /// A peer wants the public rooms of that loop.
    case list(SessionID, ackID: Int, cursor: String?, limit: Int, RoomScope)
    case listed(SessionID, ackID: Int, [JSON])
    case call(CallMail)
    /// For the home of a user.
    case user(UserMail)
}

extension [LoopMail] {
    /// Whether it lets a peer in, upon which that peer may speak to loops that other mail has to reach first.
    var holdsAck: Bool {
        contains {
            guard case .notice(_, .joined(_, _, _, let reply)) = $0 else { return false }
            if case .ack(nil) = reply { return false }
            return true
        }
    }
}
