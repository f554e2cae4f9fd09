// SPDX-License-Identifier: Apache-2.0
package import NIOCore

/// Base64 (RFC 4648 §4), as polling carries binary messages. Forgiving about missing padding, as clients are.
package enum Base64 {
    private static let alphabet = [UInt8]("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    private static let values: [UInt8] = {
        var values = [UInt8](repeating: 0xFF, count: 256)
        for (value, character) in alphabet.enumerated() { values[Int(character)] = UInt8(value) }
        return values
    }()

    /// How many characters so many bytes are.
    package static func length(of count: Int) -> Int { (count + 2) / 3 * 4 }

    /// Whether all bytes are characters of the alphabet, which padding is not.
    package static func areDigits(_ bytes: UnsafeRawBufferPointer) -> Bool {
        values.withUnsafeBufferPointer { values in bytes.allSatisfy { values[Int($0)] < 64 } }
    }

    /// Appends the encoded form of `bytes`.
    package static func encode(_ bytes: UnsafeRawBufferPointer, into buffer: inout ByteBuffer) {
        buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: length(of: bytes.count)) { encode(bytes, to: $0) }
    }

    /// Writes the encoded form of `bytes` to memory that has room for it, and returns its length.
    package static func encode(_ bytes: UnsafeRawBufferPointer, to space: UnsafeMutableRawBufferPointer) -> Int {
        let padding = UInt8(ascii: "=")
        var place = 0
        for index in stride(from: 0, to: bytes.count, by: 3) {
            let left = bytes.count - index
            let b0 = bytes[index]
            let b1 = left > 1 ? bytes[index + 1] : 0
            let b2 = left > 2 ? bytes[index + 2] : 0
            space[place] = alphabet[Int(b0 >> 2)]
            space[place + 1] = alphabet[Int(b0 & 0x03) << 4 | Int(b1 >> 4)]
            space[place + 2] = left > 1 ? alphabet[Int(b1 & 0x0F) << 2 | Int(b2 >> 6)] : padding
            space[place + 3] = left > 2 ? alphabet[Int(b2 & 0x3F)] : padding
            place += 4
        }
        return place
    }

    /// The text of `bytes` in base64.
    package static func encode(_ bytes: [UInt8]) -> String {
        var buffer = ByteBuffer()
        bytes.withUnsafeBytes { encode($0, into: &buffer) }
        return String(buffer: buffer)
    }

    /// The decoded bytes, nil when a character is not of the alphabet or the length is impossible.
    package static func decode(_ text: UnsafeRawBufferPointer) -> [UInt8]? {
        var count = text.count
        while count > 0, text.count - count < 2, text[count - 1] == UInt8(ascii: "=") { count -= 1 }
        guard count % 4 != 1 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count / 4 * 3 + 2)
        var bits: UInt32 = 0
        var pending = 0
        for index in 0..<count {
            let value = values[Int(text[index])]
            guard value < 64 else { return nil }
            bits = bits << 6 | UInt32(value)
            pending += 6
            if pending >= 8 {
                pending -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(pending)))
            }
        }
        return bytes
    }
}
