// SPDX-License-Identifier: Apache-2.0
package import NIOCore

/// The body of a polling request or answer: packets joined by 0x1E (engine.io-protocol v4, "Payload encoding").
package enum PollingPayload {
    package static let separator: UInt8 = 0x1E

    /// One packet of a payload, as ranges into its bytes.
    package enum Packet: Equatable, Sendable {
        case text(PacketType, Range<Int>)
        /// `b` and base64, decoded.
        case binary([UInt8])
    }

    /// Splits a payload. Calls `each` for every packet up to the first that cannot be decoded, and returns whether all
    /// could. `each` returns false to stop early, which is no failure. An empty payload is an undecodable packet.
    package static func decode(_ bytes: UnsafeRawBufferPointer, each: (Packet) -> Bool) -> Bool {
        var start = 0
        while start <= bytes.count {
            var end = start
            while end < bytes.count, bytes[end] != separator { end += 1 }
            guard let packet = packet(in: bytes, start..<end) else { return false }
            guard each(packet) else { return true }
            start = end + 1
        }
        return true
    }

    private static func packet(in bytes: UnsafeRawBufferPointer, _ range: Range<Int>) -> Packet? {
        guard let first = range.first else { return nil }
        let rest = first + 1..<range.upperBound
        if bytes[first] == UInt8(ascii: "b") {
            return Base64.decode(UnsafeRawBufferPointer(rebasing: bytes[rest])).map(Packet.binary)
        }
        return PacketType(rawValue: bytes[first]).map { .text($0, rest) }
    }

    /// Appends a separator to a payload that has packets already.
    package static func separate(_ payload: inout ByteBuffer) {
        if payload.readableBytes > 0 { payload.writeInteger(separator) }
    }

    /// Appends a packet of text, given without its type.
    package static func append(_ type: PacketType, _ text: UnsafeRawBufferPointer, to payload: inout ByteBuffer) {
        separate(&payload)
        payload.writeInteger(type.rawValue)
        payload.writeBytes(text)
    }

    /// Appends a binary message as `b` and base64.
    package static func append(binary: UnsafeRawBufferPointer, to payload: inout ByteBuffer) {
        separate(&payload)
        payload.writeInteger(UInt8(ascii: "b"))
        Base64.encode(binary, into: &payload)
    }
}
