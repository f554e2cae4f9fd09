// SPDX-License-Identifier: Apache-2.0
internal import NIOCore
internal import ParleyEngineIO
internal import ParleyJSON
internal import ParleySocketIO

/// The way of a signal: read once, checked where its target is, and written there with a new header in front of the same
/// bytes.
enum Relay {
    /// A signal came from a peer. `loop.scan` holds its survey.
    static func send(_ kind: SignalKind, from sender: Peer, _ packet: EventPacket, on loop: SignalingLoop) throws(Refusal) {
        let bytes = packet.payload
        let signal = try SignalReader(kind, bytes, loop.scan, loop.configuration)
        loop.members.clear()
        signal.writeMembers(bytes, loop.scan, into: &loop.members)
        let rest = loop.scan.elements.count > 2 ? rest(of: bytes, loop.scan) : ByteBuffer()
        let body = SignalBody(members: loop.members, rest: rest, attachments: packet.attachments)
        let room = try signal.room.map { range throws(Refusal) in try name(of: range, in: bytes) }
        guard let to = signal.to else {
            return try message(kind, from: sender, room, SignalBody(copying: body), packet.ackID, on: loop)
        }
        guard let target = SessionID(parsing: UnsafeRawBufferPointer(rebasing: bytes[to])) else { throw Refusal(.peerNotFound) }
        if target.loop == loop.index {
            guard let peer = loop.peers[target], let view = sender.sharedRoom(with: peer, named: room) else {
                throw Refusal(.peerNotFound)
            }
            try deliver(
                kind, from: sender.id, to: peer, in: view, body, packet.ackID, signal.confirmation, signal.timeoutMs, on: loop)
        } else {
            let remote = RemoteSignal(
                kind: kind, sender: sender.id, target: target, room: room, body: SignalBody(copying: body), ackID: packet.ackID,
                confirmation: signal.confirmation, timeoutMs: signal.timeoutMs)
            loop.post(.signal(remote), to: target.loop)
        }
    }

    /// A signal came from another loop, for a peer of this one.
    static func arrived(_ signal: RemoteSignal, on loop: SignalingLoop) {
        do throws(Refusal) {
            guard let peer = loop.peers[signal.target], let view = peer.sharedRoom(with: signal.sender, named: signal.room) else {
                throw Refusal(.peerNotFound)
            }
            try deliver(
                signal.kind, from: signal.sender, to: peer, in: view, signal.body, signal.ackID, signal.confirmation,
                signal.timeoutMs, on: loop)
        } catch {
            loop.answer(signal.sender, signal.ackID, event: "\(signal.kind.name)", error)
        }
    }

    private static func deliver(
        _ kind: SignalKind, from sender: SessionID, to target: Peer, in view: RoomView, _ body: SignalBody, _ ackID: Int?,
        _ confirmation: Confirmation, _ timeoutMs: Int, on loop: SignalingLoop
    ) throws(Refusal) {
        var remoteAckID: Int?
        // A sender that gave no ack callback, or wants no confirmation, costs the target none either.
        if let ackID, confirmation != .none {
            let now = loop.eventLoop.now
            remoteAckID = try target.expectAck(
                Receipt(
                    sender: sender, senderAckID: ackID, kind: kind, confirmation: confirmation, ackID: 0, sentAt: now,
                    deadline: now + .milliseconds(Int64(timeoutMs))))
        }
        loop.packet.clear()
        Packets.writeSignal(kind, from: sender, in: view, ackID: remoteAckID, body, into: &loop.packet)
        target.send(loop.packet, body.attachments)
        if let ackID, confirmation == .none {
            report(.sent(to: target.id), kind, to: sender, ackID, on: loop)
        }
    }

    /// A message to a whole room.
    private static func message(
        _ kind: SignalKind, from sender: Peer, _ room: String?, _ body: SignalBody, _ ackID: Int?, on loop: SignalingLoop
    ) throws(Refusal) {
        guard let room, sender.isMember(of: room) else { throw Refusal(.notInRoom, field: "room") }
        loop.message(room, RoomMessage(sender: sender.id, kind: kind, body: body))
        if let ackID { sender.send(Packets.ack(ackID, ["ok": true, "status": "sent", "room": .string(room)])) }
    }

    /// Tells a sender what became of its signal, wherever it is.
    static func report(
        _ outcome: ReceiptOutcome, _ kind: SignalKind, to sender: SessionID, _ ackID: Int, on loop: SignalingLoop
    ) {
        if sender.loop == loop.index {
            loop.peers[sender]?.receipted(ackID, event: "\(kind.name)", outcome)
        } else {
            loop.post(.receipt(sender, ackID: ackID, event: "\(kind.name)", outcome), to: sender.loop)
        }
    }

    /// The arguments behind the payload, commas included.
    private static func rest(of bytes: UnsafeRawBufferPointer, _ scan: borrowing JSONScan) -> ByteBuffer {
        var rest = ByteBuffer()
        for element in scan.elements.dropFirst(2) {
            rest.writeInteger(UInt8(ascii: ","))
            rest.writeBytes(UnsafeRawBufferPointer(rebasing: bytes[element.start..<element.end]))
        }
        return rest
    }

    private static func name(of range: Range<Int>, in bytes: UnsafeRawBufferPointer) throws(Refusal) -> String {
        guard case .string(let name)? = try? JSON(parsing: UnsafeRawBufferPointer(rebasing: bytes[range])) else {
            throw Refusal(.badPayload, field: "room")
        }
        return name
    }
}

extension SignalBody {
    /// A body with memory of its own, to be kept beyond the packet that it is in.
    init(copying body: SignalBody) {
        self = body
        members = ByteBuffer(bytes: body.members.readableBytesView)
    }
}
