// SPDX-License-Identifier: Apache-2.0

/// 15 random bytes, written as 20 characters of URL-safe base64: the id of a session, a socket or a recovery entry.
///
/// The lowest six bits of the first byte name the event loop that owns the thing, so an id found in a request or a
/// relayed message leads to its loop without a table that loops would have to share. 114 bits remain random.
package struct SessionID: Hashable, Sendable {
    /// Bytes 0 to 6, in the low 56 bits.
    let high: UInt64
    /// Bytes 7 to 14.
    let low: UInt64

    /// The number of characters of the written form.
    package static let length = 20

    /// A new id from the system's cryptographic generator, owned by the loop with this index (0 to 63).
    package init(loop: Int) {
        var generator = SystemRandomNumberGenerator()
        high = generator.next() & 0x00C0_FFFF_FFFF_FFFF | UInt64(loop & 63) << 48
        low = generator.next()
    }

    /// The index of the owning loop. May exceed the number of loops when the id was invented by a peer.
    package var loop: Int { Int(high >> 48) & 63 }

    /// Reads the written form; nil when `bytes` is anything but 20 characters of the alphabet.
    package init?(parsing bytes: UnsafeRawBufferPointer) {
        guard bytes.count == Self.length else { return nil }
        // 20 characters carry 120 bits: the first 56 are `high`, the other 64 `low`.
        var first: UInt64 = 0
        var second: UInt64 = 0
        for index in 0..<10 {
            let value = Self.values[Int(bytes[index])]
            guard value < 64 else { return nil }
            first = first << 6 | UInt64(value)
        }
        for index in 10..<20 {
            let value = Self.values[Int(bytes[index])]
            guard value < 64 else { return nil }
            second = second << 6 | UInt64(value)
        }
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
    package func write(into target: UnsafeMutableRawBufferPointer) {
        guard target.count >= Self.length else { return }
        var first = high << 4 | low >> 60
        var second = low & 0x0FFF_FFFF_FFFF_FFFF
        for index in (0..<10).reversed() {
            target[index] = Self.alphabet[Int(first & 63)]
            target[index + 10] = Self.alphabet[Int(second & 63)]
            first >>= 6
            second >>= 6
        }
    }

    private static let alphabet = [UInt8]("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
    private static let values: [UInt8] = {
        var values = [UInt8](repeating: 0xFF, count: 256)
        for (value, character) in alphabet.enumerated() { values[Int(character)] = UInt8(value) }
        return values
    }()
}

extension SessionID: CustomStringConvertible {
    package var description: String {
        String(unsafeUninitializedCapacity: Self.length) { buffer in
            write(into: UnsafeMutableRawBufferPointer(buffer))
            return Self.length
        }
    }
}
