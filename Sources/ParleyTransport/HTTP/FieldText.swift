// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif

/// Names and values of header fields, read as bytes: every request passes here, and strings read as `Character`s, or
/// split into arrays, were a tenth of what a new connection costs.
enum FieldText {
    /// Whether a text is the given one, but for the case of its letters (RFC 9110 §5.1).
    static func matches(_ text: String, _ lowercase: StaticString) -> Bool {
        guard text.utf8.count == lowercase.utf8CodeUnitCount else { return false }
        return withBytes(of: text) { matches(UnsafeRawBufferPointer($0), lowercase) }
    }

    static func matches(_ bytes: UnsafeRawBufferPointer, _ lowercase: StaticString) -> Bool {
        guard bytes.count == lowercase.utf8CodeUnitCount else { return false }
        for (index, byte) in bytes.enumerated() {
            let lower = byte &- 0x41 < 26 ? byte | 0x20 : byte
            guard lower == lowercase.utf8Start[index] else { return false }
        }
        return true
    }

    /// Where a byte first is; behind the last when it is nowhere.
    static func index(of byte: UInt8, in bytes: UnsafeRawBufferPointer) -> Int {
        guard let start = bytes.baseAddress, let found = memchr(start, CInt(byte), bytes.count) else {
            return bytes.count
        }
        return UnsafeRawPointer(found) - start
    }

    static func index(of byte: UInt8, in text: Substring) -> String.Index {
        var bytes = text
        let offset = bytes.withUTF8 { index(of: byte, in: UnsafeRawBufferPointer($0)) }
        return text.utf8.index(text.startIndex, offsetBy: offset)
    }

    /// Whether a text is a token (RFC 9110 §5.6.2).
    static func isToken(_ text: String) -> Bool {
        withBytes(of: text) { bytes in !bytes.isEmpty && bytes.allSatisfy(isTokenByte) }
    }

    /// Whether a text holds no byte that a value of a field must not hold.
    static func isValue(_ text: String) -> Bool {
        withBytes(of: text) { bytes in bytes.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 } }
    }

    static func isTokenByte(_ byte: UInt8) -> Bool {
        guard byte < 0x80 else { return false }
        let tokens: UInt64 = byte < 0x40 ? 0x03FF_6CFA_0000_0000 : 0x57FF_FFFF_C7FF_FFFE
        return tokens >> UInt64(byte & 0x3F) & 1 == 1
    }

    private static func withBytes(of text: String, _ body: (UnsafeBufferPointer<UInt8>) -> Bool) -> Bool {
        var text = text
        return text.withUTF8(body)
    }
}
