// SPDX-License-Identifier: Apache-2.0

/// The events that go from peer to peer.
enum SignalKind: UInt8, Sendable, CaseIterable {
    case offer, answer, description, candidate, renegotiate, hangup, signal, message
    /// `message` to a room under the name that many apps use for it.
    case broadcast
    /// A moderator's request to a client; never sent by one.
    case moderated

    var name: StaticString {
        switch self {
        case .offer: "offer"
        case .answer: "answer"
        case .description: "description"
        case .candidate: "candidate"
        case .renegotiate: "renegotiate"
        case .hangup: "hangup"
        case .signal: "signal"
        case .message: "message"
        case .broadcast: "broadcast"
        case .moderated: "moderated"
        }
    }

    /// The kind of this name, nil when the event is no signal. Compares bytes: no string is made.
    init?(name: UnsafeRawBufferPointer) {
        for kind in Self.allCases where kind != .moderated {
            let own = kind.name
            guard own.utf8CodeUnitCount == name.count else { continue }
            if UnsafeRawBufferPointer(start: own.utf8Start, count: name.count).elementsEqual(name) {
                self = kind
                return
            }
        }
        return nil
    }

    /// Whether it may go to everybody in a room.
    var mayAddressRoom: Bool { self == .message || self == .broadcast }
}

/// What a sender wants to know before its ack comes.
enum Confirmation: Sendable {
    /// That the server has sent it.
    case none
    /// That the remote client has got it.
    case delivered
    /// That the remote handler has applied it.
    case applied
}
