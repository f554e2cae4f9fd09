// SPDX-License-Identifier: Apache-2.0
package import NIOCore

/// A packet ready to be sent: its text, and the attachments that follow it as binary messages.
package struct OutgoingPacket: Sendable {
    package var text: ByteBuffer
    package var attachments: [ByteBuffer] = []

    package init(text: ByteBuffer) { self.text = text }

    init(_ kind: PacketKind, namespace: String, ackID: Int? = nil, payload: JSON? = nil) {
        self.init(
            kind, namespace: namespace, ackID: ackID, payload: payload.map(EncodedPayload.init) ?? EncodedPayload())
    }

    init(_ kind: PacketKind, namespace: String, ackID: Int? = nil, payload: EncodedPayload) {
        attachments = payload.attachments
        text = ByteBuffer()
        text.reserveCapacity(payload.text.readableBytes + namespace.utf8.count + 24)
        Self.writeHeader(kind, attachments: attachments.count, namespace: namespace, ackID: ackID, into: &text)
        text.writeImmutableBuffer(payload.text)
    }

    /// Appends all of a packet that stands before its JSON.
    package static func writeHeader(
        _ kind: PacketKind, attachments: Int = 0, namespace: String, ackID: Int?, into buffer: inout ByteBuffer
    ) {
        if attachments == 0 {
            buffer.writeInteger(kind.rawValue)
        } else {
            let binary = kind == .ack ? PacketKind.binaryAck : PacketKind.binaryEvent
            buffer.writeInteger(binary.rawValue)
            writeNumber(attachments, into: &buffer)
            buffer.writeInteger(UInt8(ascii: "-"))
        }
        if namespace.utf8.count > 1 {
            buffer.writeString(namespace)
            buffer.writeInteger(UInt8(ascii: ","))
        }
        if let ackID { writeNumber(ackID, into: &buffer) }
    }

    /// Appends a number in decimal. Fifteen digits of a `String` need no allocation.
    private static func writeNumber(_ number: Int, into buffer: inout ByteBuffer) {
        buffer.writeString(String(number))
    }
}

/// The JSON of a packet, written once for any number of receivers.
package struct EncodedPayload: Sendable {
    package var text = ByteBuffer()
    package var attachments: [ByteBuffer] = []

    init(text: ByteBuffer = ByteBuffer()) { self.text = text }

    init(_ value: JSON) { value.write(into: &text, attachments: &attachments) }

    /// `["name",arguments…]`
    init(event name: String, _ arguments: [JSON]) { self.init(.array([.string(name)] + arguments)) }
}
