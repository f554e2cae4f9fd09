// SPDX-License-Identifier: Apache-2.0
package import NIOCore

/// Appends `text` quoted and escaped as `JSON.stringify` does: only `"`, `\` and control characters are escaped.
///
/// Linear; runs without an escape are copied whole.
package func appendJSONString(_ text: String, to buffer: inout ByteBuffer) {
    var text = text
    text.withUTF8 { utf8 in
        let bytes = UnsafeRawBufferPointer(utf8)
        let plain = bytes.baseAddress.map { JSONPlainRun.end(of: $0, from: 0, to: bytes.count) } ?? 0
        if plain == bytes.count {
            appendPlain(bytes, to: &buffer)
        } else {
            appendEscaped(bytes, plain: plain, to: &buffer)
        }
    }
}

/// Whether a text stands in JSON as it is, between quotes.
package func isPlainInJSON(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard let base = bytes.baseAddress else { return true }
    return JSONPlainRun.end(of: base, from: 0, to: bytes.count) == bytes.count
}

/// A string without anything to escape, in one step.
private func appendPlain(_ bytes: UnsafeRawBufferPointer, to buffer: inout ByteBuffer) {
    buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: bytes.count + 2) { space in
        space[0] = UInt8(ascii: "\"")
        UnsafeMutableRawBufferPointer(rebasing: space.dropFirst()).copyMemory(from: bytes)
        space[bytes.count + 1] = UInt8(ascii: "\"")
        return bytes.count + 2
    }
}

/// A string whose first byte to escape is at `plain`.
private func appendEscaped(_ bytes: UnsafeRawBufferPointer, plain: Int, to buffer: inout ByteBuffer) {
    guard let base = bytes.baseAddress else { return }
    buffer.reserveCapacity(minimumWritableBytes: bytes.count + bytes.count / 8 + 2)
    buffer.writeInteger(UInt8(ascii: "\""))
    var start = 0
    var end = plain
    while true {
        if end > start { buffer.writeBytes(UnsafeRawBufferPointer(rebasing: bytes[start..<end])) }
        guard end < bytes.count else { break }
        appendEscape(of: bytes[end], to: &buffer)
        start = end + 1
        end = JSONPlainRun.end(of: base, from: start, to: bytes.count)
    }
    buffer.writeInteger(UInt8(ascii: "\""))
}

private func appendEscape(of byte: UInt8, to buffer: inout ByteBuffer) {
    let letter: UInt8
    switch byte {
    case 0x08: letter = UInt8(ascii: "b")
    case 0x09: letter = UInt8(ascii: "t")
    case 0x0A: letter = UInt8(ascii: "n")
    case 0x0C: letter = UInt8(ascii: "f")
    case 0x0D: letter = UInt8(ascii: "r")
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): letter = byte
    default:
        buffer.writeStaticString("\\u00")
        buffer.writeInteger(hexDigit(byte >> 4))
        buffer.writeInteger(hexDigit(byte & 0x0F))
        return
    }
    buffer.writeInteger(UInt16(UInt8(ascii: "\\")) << 8 | UInt16(letter))
}

private func hexDigit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") - 10 + value
}
