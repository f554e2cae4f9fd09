// SPDX-License-Identifier: Apache-2.0
package import NIOCore

/// 20 characters of URL-safe base64, all random but the first: the id of a session, a socket or a recovery entry.
///
/// The first character names the event loop that owns the thing, so an id found in a request or a relayed message leads to
/// its loop without a table that loops would have to share. 114 bits are random.
///
/// Kept as it is written: each relay reads one id and writes two.
@usableFromInline package struct SessionID: Hashable, Sendable {
    // Eight, eight and four characters, the first lowest.
    @usableFromInline let first: UInt64
    @usableFromInline let second: UInt64
    @usableFromInline let last: UInt32

    /// The number of characters.
    @usableFromInline package static let length = 20

    private init(first: UInt64, second: UInt64, last: UInt32) {
        self.first = first
        self.second = second
        self.last = last
    }

    /// What no session is called.
    package static var none: SessionID { SessionID(first: zeros, second: zeros, last: 0x4141_4141) }
    private static var zeros: UInt64 { 0x4141_4141_4141_4141 }

    @inlinable package static func == (one: SessionID, other: SessionID) -> Bool {
        one.second == other.second && one.first == other.first && one.last == other.last
    }

    /// Bits that nobody could have chosen if the id was made here, well mixed below the 32nd.
    @inlinable package var randomBits: UInt64 { (second &* 0x9E37_79B9_7F4A_7C15) &>> 32 }

    /// By the bits that differ: only ids that were made here are kept.
    @inlinable package func hash(into hasher: inout Hasher) { hasher.combine(second) }

    /// A new id from the system's cryptographic generator, owned by the loop with this index (0 to 63).
    package init(loop: Int) {
        var generator = SystemRandomNumberGenerator()
        self.init(loop: loop, high: generator.next(), low: generator.next())
    }

    /// An id of 114 of these random bits, owned by the loop with this index (0 to 63).
    package init(loop: Int, high: UInt64, low: UInt64) {
        first = Self.characters(high << 6 | UInt64(loop & 63), 8)
        second = Self.characters(low, 8)
        last = UInt32(truncatingIfNeeded: Self.characters((high >> 42) << 16 | low >> 48, 4))
    }

    /// The index of the owning loop. May exceed the number of loops when the id was invented by a peer.
    package var loop: Int {
        switch UInt8(truncatingIfNeeded: first) {
        case let letter where letter >= UInt8(ascii: "a"): Int(letter) - Int(UInt8(ascii: "a")) + 26
        case UInt8(ascii: "_"): 63
        case let letter where letter >= UInt8(ascii: "A"): Int(letter) - Int(UInt8(ascii: "A"))
        case UInt8(ascii: "-"): 62
        case let digit: Int(digit) - Int(UInt8(ascii: "0")) + 52
        }
    }

    /// Reads the written form; nil when `bytes` is anything but 20 characters of the alphabet.
    package init?(parsing bytes: UnsafeRawBufferPointer) {
        guard bytes.count == Self.length else { return nil }
        first = UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self))
        second = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
        last = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 16, as: UInt32.self))
        let faults = Self.faults(first) | Self.faults(second) | Self.faults(UInt64(last) << 32 | UInt64(last))
        guard faults == 0 else { return nil }
    }

    /// Zero when eight bytes are characters of the alphabet. An id takes 76 instructions so, byte by byte it took 180.
    ///
    /// As long as no byte has its high bit, nothing carries from one to the next, and the high bits tell: with `0x80 - n`
    /// added, that of each byte from `n` up; taken from `0x80`, that of each byte that is zero.
    @inline(__always) private static func faults(_ word: UInt64) -> UInt64 {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let high = ones &* 0x80
        let lower = word | ones &* 0x20
        let letters = (lower &+ ones &* (0x80 - 0x61)) & ~(lower &+ ones &* (0x80 - 0x7B))
        let digits = (word &+ ones &* (0x80 - 0x30)) & ~(word &+ ones &* (0x80 - 0x3A))
        let dashes = (high &- (word ^ ones &* 0x2D)) | (high &- (word ^ ones &* 0x5F))
        return (~(letters | digits | dashes) | word) & high
    }

    /// Reads the written form.
    package init?(_ text: some StringProtocol) {
        var copy = String(text)
        guard let id = copy.withUTF8({ SessionID(parsing: UnsafeRawBufferPointer($0)) }) else { return nil }
        self = id
    }

    /// Writes the 20 characters into the first 20 bytes of `target`, which must hold as many.
    @inlinable package func write(into target: UnsafeMutableRawBufferPointer) {
        guard target.count >= Self.length else { return }
        target.storeBytes(of: first.littleEndian, as: UInt64.self)
        target.storeBytes(of: second.littleEndian, toByteOffset: 8, as: UInt64.self)
        target.storeBytes(of: last.littleEndian, toByteOffset: 16, as: UInt32.self)
    }

    /// The characters of so many groups of six bits, the lowest first.
    private static func characters(_ bits: UInt64, _ count: Int) -> UInt64 {
        var characters: UInt64 = 0
        for index in 0..<UInt64(count) {
            characters |= UInt64(alphabet.utf8Start[Int((bits &>> (6 &* index)) & 63)]) &<< (8 &* index)
        }
        return characters
    }

    // Literals, because globals of any other type are looked after by `swift_once` at each use.
    private static let alphabet: StaticString = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
}

extension SessionID: CustomStringConvertible {
    @usableFromInline package var description: String {
        String(unsafeUninitializedCapacity: Self.length) { buffer in
            write(into: UnsafeMutableRawBufferPointer(buffer))
            return Self.length
        }
    }
}

extension ByteBuffer {
    /// Appends the 20 characters of an id.
    package mutating func write(_ id: SessionID) {
        writeWithUnsafeMutableBytes(minimumWritableBytes: SessionID.length) { space in
            id.write(into: space)
            return SessionID.length
        }
    }
}
