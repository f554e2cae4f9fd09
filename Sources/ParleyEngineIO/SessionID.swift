// SPDX-License-Identifier: Apache-2.0
package import NIOCore

/// 15 random bytes, written as 20 characters of URL-safe base64: the id of a session, a socket or a recovery entry.
///
/// The lowest six bits of the first byte name the event loop that owns the thing, so an id found in a request or a
/// relayed message leads to its loop without a table that loops would have to share. 114 bits remain random.
@usableFromInline package struct SessionID: Hashable, Sendable {
    /// Bytes 0 to 6, in the low 56 bits.
    @usableFromInline let high: UInt64
    /// Bytes 7 to 14.
    @usableFromInline let low: UInt64

    /// The number of characters of the written form.
    @usableFromInline package static let length = 20

    @usableFromInline init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// What no session is called.
    package static var none: SessionID { SessionID(high: 0, low: 0) }
    @inlinable package static func == (one: SessionID, other: SessionID) -> Bool {
        one.low == other.low && one.high == other.high
    }

    /// As many bits as fit, of which nobody could have chosen any if the id was made here.
    @inlinable package var randomBits: UInt64 { low }

    /// By the bits that differ: only ids that were made here are kept.
    @inlinable package func hash(into hasher: inout Hasher) { hasher.combine(low) }

    /// A new id from the system's cryptographic generator, owned by the loop with this index (0 to 63).
    package init(loop: Int) {
        var generator = SystemRandomNumberGenerator()
        self.init(loop: loop, high: generator.next(), low: generator.next())
    }

    /// An id of 114 of these random bits, owned by the loop with this index (0 to 63).
    package init(loop: Int, high: UInt64, low: UInt64) {
        self.init(high: high & 0x00C0_FFFF_FFFF_FFFF | UInt64(loop & 63) << 48, low: low)
    }

    /// The index of the owning loop. May exceed the number of loops when the id was invented by a peer.
    package var loop: Int { Int(high >> 48) & 63 }

    /// Reads the written form; nil when `bytes` is anything but 20 characters of the alphabet.
    package init?(parsing bytes: UnsafeRawBufferPointer) {
        guard bytes.count == Self.length else { return nil }
        // 20 characters carry 120 bits: the first 56 are `high`, the other 64 `low`.
        var first: UInt64 = 0
        var second: UInt64 = 0
        // What is no character of an id has a value above 63 or a high bit, which are looked for once.
        var all: UInt8 = 0
        let values = Self.values.utf8Start
        for index in 0..<10 {
            let (one, other) = (bytes[index], bytes[index + 10])
            let (value, otherValue) = (values[Int(one & 0x7F)], values[Int(other & 0x7F)])
            first = first << 6 | UInt64(value)
            second = second << 6 | UInt64(otherValue)
            all |= value | otherValue | one & 0x80 | other & 0x80
        }
        guard all < 64 else { return nil }
        high = first >> 4
        low = (first & 0xF) << 60 | second
    }

    /// Reads the written form.
    package init?(_ text: some StringProtocol) {
        var copy = String(text)
        guard let id = copy.withUTF8({ SessionID(parsing: UnsafeRawBufferPointer($0)) }) else { return nil }
        self = id
    }

    /// Writes the 20 characters into the first 20 bytes of `target`, which must hold as many.
    @usableFromInline package func write(into target: UnsafeMutableRawBufferPointer) {
        guard target.count >= Self.length else { return }
        var first = high << 4 | low >> 60
        var second = low & 0x0FFF_FFFF_FFFF_FFFF
        let alphabet = Self.alphabet.utf8Start
        for index in (0..<10).reversed() {
            target[index] = alphabet[Int(first & 63)]
            target[index + 10] = alphabet[Int(second & 63)]
            first >>= 6
            second >>= 6
        }
    }

    // Literals, because globals of any other type are looked after by `swift_once` at each use.
    private static let alphabet: StaticString = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

    /// The six bits of each ASCII character, 64 (`@`) where it has none.
    private static let values: StaticString = """
        @@@@@@@@@@@@@@@@\
        @@@@@@@@@@@@@@@@\
        @@@@@@@@@@@@@\u{3E}@@\
        \u{34}\u{35}\u{36}\u{37}\u{38}\u{39}\u{3A}\u{3B}\u{3C}\u{3D}@@@@@@\
        @\u{0}\u{1}\u{2}\u{3}\u{4}\u{5}\u{6}\u{7}\u{8}\u{9}\u{A}\u{B}\u{C}\u{D}\u{E}\
        \u{F}\u{10}\u{11}\u{12}\u{13}\u{14}\u{15}\u{16}\u{17}\u{18}\u{19}@@@@\u{3F}\
        @\u{1A}\u{1B}\u{1C}\u{1D}\u{1E}\u{1F}\u{20}\u{21}\u{22}\u{23}\u{24}\u{25}\u{26}\u{27}\u{28}\
        \u{29}\u{2A}\u{2B}\u{2C}\u{2D}\u{2E}\u{2F}\u{30}\u{31}\u{32}\u{33}@@@@@
        """
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
