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
        let kind: Self
        switch (name.count, name.first) {
        case (5, _): kind = .offer
        case (6, UInt8(ascii: "a")): kind = .answer
        case (6, UInt8(ascii: "h")): kind = .hangup
        case (6, _): kind = .signal
        case (7, _): kind = .message
        case (9, UInt8(ascii: "c")): kind = .candidate
        case (9, _): kind = .broadcast
        case (11, UInt8(ascii: "d")): kind = .description
        case (11, _): kind = .renegotiate
        default: return nil
        }
        guard kind.name.isSpelled(by: name) else { return nil }
        self = kind
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

extension StaticString {
    /// Whether these bytes are the same text.
    func isSpelled(by bytes: UnsafeRawBufferPointer) -> Bool {
        guard bytes.count == utf8CodeUnitCount else { return false }
        let own = UnsafeRawBufferPointer(start: utf8Start, count: utf8CodeUnitCount)
        // The first and the last bytes, as many as a word holds: together they are all of a name of up to two words.
        func isSame<Word: FixedWidthInteger>(_ type: Word.Type, at offset: Int) -> Bool {
            own.loadUnaligned(fromByteOffset: offset, as: type) == bytes.loadUnaligned(fromByteOffset: offset, as: type)
        }
        switch bytes.count {
        case 8...16: return isSame(UInt64.self, at: 0) && isSame(UInt64.self, at: bytes.count - 8)
        case 4..<8: return isSame(UInt32.self, at: 0) && isSame(UInt32.self, at: bytes.count - 4)
        default: return bytes.indices.allSatisfy { bytes[$0] == own[$0] }
        }
    }
}
