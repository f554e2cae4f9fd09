// SPDX-License-Identifier: Apache-2.0

/// The first character of a Socket.IO packet (socket.io-protocol v5, "Packet types").
package enum PacketKind: UInt8, Sendable {
    case connect = 0x30
    case disconnect = 0x31
    case event = 0x32
    case ack = 0x33
    case connectError = 0x34
    case binaryEvent = 0x35
    case binaryAck = 0x36

    var isBinary: Bool { self == .binaryEvent || self == .binaryAck }
}

/// The part of a packet in front of its JSON, read without touching the JSON (socket.io-protocol v5, "Packet encoding").
struct PacketHeader {
    /// The most attachments a packet may announce, as with the official decoder.
    static let maxAttachments = 10
    /// Ack ids are what JavaScript counts exactly.
    private static let maxAckID = 1 << 53

    var kind: PacketKind
    var attachments = 0
    /// The namespace's name as a range of the packet, nil for `/`.
    var namespace: Range<Int>?
    var ackID: Int?
    /// The JSON.
    var payload: Range<Int>

    /// Reads the header of a packet; nil when there is none.
    init?(_ bytes: UnsafeRawBufferPointer) {
        guard let first = bytes.first, let kind = PacketKind(rawValue: first) else { return nil }
        self.kind = kind
        var index = 1
        if kind.isBinary {
            guard let count = Self.number(bytes, &index), index < bytes.count, bytes[index] == UInt8(ascii: "-"),
                count <= Self.maxAttachments
            else { return nil }
            attachments = count
            index += 1
        }
        if index < bytes.count, bytes[index] == UInt8(ascii: "/") {
            let start = index
            while index < bytes.count, bytes[index] != UInt8(ascii: ",") { index += 1 }
            if index - start > 1 { namespace = start..<index }
            index = min(index + 1, bytes.count)
        }
        let start = index
        ackID = Self.number(bytes, &index)
        guard ackID != nil || index == start else { return nil }
        payload = index..<bytes.count
    }

    /// The digits at `index`; nil without any, or, with `index` moved on, when they are too many.
    private static func number(_ bytes: UnsafeRawBufferPointer, _ index: inout Int) -> Int? {
        var value = 0
        let start = index
        while index < bytes.count, bytes[index] >= 0x30, bytes[index] <= 0x39 {
            value = value * 10 + Int(bytes[index] - 0x30)
            index += 1
            guard value <= maxAckID else { return nil }
        }
        return index > start ? value : nil
    }
}
