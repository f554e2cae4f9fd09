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

    /// The same, with a payload that `body` writes.
    static func event(_ name: StaticString, _ body: (inout ObjectText) -> Void) -> ByteBuffer {
        var text = ObjectText()
        text.write("2[\"")
        text.write(name)
        text.write("\",")
        text.object(body)
        text.write("]")
        return ByteBuffer(bytes: text.bytes)
    }

    /// `3<id>[answer]`, the answer being what `body` writes, in place of what `packet` holds.
    static func writeAck(_ id: Int, into packet: PacketSpace, _ body: (inout ObjectText) -> Void) {
        var text = ObjectText()
        text.write("3")
        text.write(Int64(id))
        text.write("[")
        text.object(body)
        text.write("]")
        packet.write(bound: text.bytes.count) { $0.write(text.bytes) }
    }

    /// `3<id>[answer]`
    static func ack(_ id: Int, _ answer: JSON) -> ByteBuffer {
        var packet = ByteBuffer()
        OutgoingPacket.writeHeader(.ack, namespace: "/", ackID: id, into: &packet)
        JSON.array([answer]).write(into: &packet)
        return packet
    }

    /// `2["offset","17"]`: the number of the last event that the client has been sent.
    /// On the stack: it follows each burst of events to each peer.
    @inline(__always)
    static func withOffset(_ number: Int, use: (UnsafeRawBufferPointer) -> Void) {
        withUnsafeTemporaryAllocation(byteCount: 40, alignment: 16) { space in
            var writer = PacketWriter(space)
            writer.write("2[\"offset\",\"")
            writer.write(number)
            writer.write("\"]")
            use(UnsafeRawBufferPointer(rebasing: space[..<writer.count]))
        }
    }

    /// The members of an object, as they stand in a signal.
    static func members(_ object: JSON) -> ByteBuffer {
        var text = ByteBuffer()
        object.write(into: &text)
        return text.getSlice(at: text.readerIndex + 1, length: max(0, text.readableBytes - 2)) ?? ByteBuffer()
    }

    /// A signal as its target gets it: `2<id>["offer",{"from":"…","room":"…",members…}]`
    static func write(
        _ signal: Signal, _ members: SignalMembers, in view: RoomView, ackID: Int?, into packet: PacketSpace
    ) {
        packet.write(bound: 128 + view.nameJSON.readableBytes + members.count) { writer in
            if signal.attachments.isEmpty {
                writer.write(PacketKind.event.rawValue)
            } else {
                writer.write(PacketKind.binaryEvent.rawValue)
                writer.write(signal.attachments.count)
                writer.write(UInt8(ascii: "-"))
            }
            if let ackID { writer.write(ackID) }
            writer.write("[\"")
            writer.write(signal.kind.name)
            // Who moderates is named like in the sanctions that need no answer.
            if signal.kind == .moderated { writer.write("\",{\"by\":\"") } else { writer.write("\",{\"from\":\"") }
            writer.write(signal.sender)
            writer.write("\",\"room\":")
            writer.write(view.nameJSON)
            if !members.isEmpty {
                writer.write(UInt8(ascii: ","))
                members.write(to: &writer)
            }
            writer.write("}]")
        }
    }

    /// `3<id>[{"ok":true,"status":"delivered","to":"…","tookMs":3}]` in place of what `packet` holds. False when the
    /// outcome is an unusual one, which is written as JSON elsewhere.
    static func writeReceipt(_ id: Int, _ outcome: ReceiptOutcome, into packet: PacketSpace) -> Bool {
        switch outcome.result {
        case .sent: writeReceipt(id, "sent", to: outcome.target, tookMs: nil, into: packet)
        case .delivered(let tookMs): writeReceipt(id, "delivered", to: outcome.target, tookMs: tookMs, into: packet)
        case .applied(let tookMs): writeReceipt(id, "applied", to: outcome.target, tookMs: tookMs, into: packet)
        case .rejected, .queued, .unacknowledged, .failed: return false
        }
        return true
    }

    private static func writeReceipt(
        _ id: Int, _ status: StaticString, to target: SessionID, tookMs: Int?, into packet: PacketSpace
    ) {
        packet.write(bound: 160) { writer in
            writer.write(PacketKind.ack.rawValue)
            writer.write(id)
            writer.write("[{\"ok\":true,\"status\":\"")
            writer.write(status)
            writer.write("\",\"to\":\"")
            writer.write(target)
            writer.write(UInt8(ascii: "\""))
            if let tookMs {
                writer.write(",\"tookMs\":")
                writer.write(max(0, tookMs))
            }
            writer.write("}]")
        }
    }
}
