// SPDX-License-Identifier: Apache-2.0
internal import ParleyEngineIO
internal import ParleyJSON

/// What one loop has to tell another. Each is a pointer, so that a batch of mail is moved as a batch of pointers.
enum LoopMail: Sendable {
    /// For a room's home.
    indirect case act(RoomAct)
    /// From a room's home.
    indirect case notice(RoomName, RoomNotice)
    /// To a peer: the answer to its request.
    indirect case answer(SessionID, ackID: Int?, event: String, Result<JSON, Refusal>)
    /// To a peer: an event.
    indirect case tell(SessionID, StaticString, JSON)
    /// To a peer: it is in the lobby of a room now, or was turned away.
    indirect case waits(SessionID, RoomName, Bool)
    /// A signal to a peer of that loop, which is checked there. `in` is the room that the sender named, if any; the members
    /// that go on are in the bag of the mail.
    indirect case signal(Signal, to: SessionID, in: RoomName?, members: Range<Int>)
    indirect case refusal(SessionID, ackID: Int?, mid: String?, SignalKind, Refusal)
    indirect case receipt(SessionID, ackID: Int, SignalKind, ReceiptOutcome)
    /// To the sender of a signal: what became of it after its ack.
    indirect case settled(SessionID, Settlement)
    /// A peer wants the public rooms of that loop.
    indirect case list(SessionID, ackID: Int, cursor: String?, limit: Int, RoomScope)
    indirect case listed(SessionID, ackID: Int, [JSON])
    indirect case call(CallMail)
    /// For the home of a user.
    indirect case user(UserMail)
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
