// SPDX-License-Identifier: Apache-2.0
internal import NIOCore
internal import ParleyEngineIO
internal import ParleyJSON
internal import ParleySocketIO

/// Socket.IO packets of the namespace `/`, written straight as bytes.
enum Packets {
    /// `2["name",payload]`
    static func event(_ name: String, _ payload: JSON) -> ByteBuffer {
        var packet = ByteBuffer()
        packet.writeInteger(PacketKind.event.rawValue)
        JSON.array([.string(name), payload]).write(into: &packet)
        return packet
    }

    /// `3<id>[answer]`
    static func ack(_ id: Int, _ answer: JSON) -> ByteBuffer {
        var packet = ByteBuffer()
        OutgoingPacket.writeHeader(.ack, namespace: "/", ackID: id, into: &packet)
        JSON.array([answer]).write(into: &packet)
        return packet
    }

    /// A signal as its target gets it: `2<id>["offer",{"from":"…","room":"…",members…}]`
    static func write(_ signal: Signal, in view: RoomView, ackID: Int?, into packet: inout ByteBuffer) {
        OutgoingPacket.writeHeader(
            .event, attachments: signal.attachments.count, namespace: "/", ackID: ackID, into: &packet)
        packet.writeStaticString("[\"")
        packet.writeStaticString(signal.kind.name)
        packet.writeStaticString("\",{\"from\":\"")
        write(signal.sender, into: &packet)
        packet.writeStaticString("\",\"room\":")
        packet.writeImmutableBuffer(view.nameJSON)
        if signal.members.readableBytes > 0 {
            packet.writeInteger(UInt8(ascii: ","))
            packet.writeImmutableBuffer(signal.members)
        }
        packet.writeStaticString("}]")
    }

    /// `3<id>[{"ok":true,"status":"delivered","to":"…","tookMs":3}]`
    static func writeReceipt(
        _ id: Int, _ status: StaticString, to target: SessionID, tookMs: Int?, into packet: inout ByteBuffer
    ) {
        OutgoingPacket.writeHeader(.ack, namespace: "/", ackID: id, into: &packet)
        packet.writeStaticString("[{\"ok\":true,\"status\":\"")
        packet.writeStaticString(status)
        packet.writeStaticString("\",\"to\":\"")
        write(target, into: &packet)
        packet.writeInteger(UInt8(ascii: "\""))
        if let tookMs {
            packet.writeStaticString(",\"tookMs\":")
            OutgoingPacket.writeNumber(max(0, tookMs), into: &packet)
        }
        packet.writeStaticString("}]")
    }

    private static func write(_ id: SessionID, into packet: inout ByteBuffer) {
        packet.writeWithUnsafeMutableBytes(minimumWritableBytes: SessionID.length) {
            id.write(into: $0)
            return SessionID.length
        }
    }
}
