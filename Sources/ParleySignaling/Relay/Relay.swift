// SPDX-License-Identifier: Apache-2.0
internal import NIOCore
internal import ParleyEngineIO
internal import ParleyJSON
internal import ParleySocketIO

/// The way of a signal: read once, checked where its target is, and written there with a new header in front of the same
/// bytes.
enum Relay {
    /// A signal came from a peer. `loop.scan` holds its survey.
    static func send(_ kind: SignalKind, from sender: Peer, _ packet: EventPacket, on loop: SignalingLoop)
        throws(Refusal)
    {
        let bytes = packet.payload
        // A placeholder without its attachment is undecodable at the other end.
        if !packet.attachments.isEmpty, PayloadReader.event(bytes, packet.attachments) == nil {
            throw Refusal(.badPayload)
        }
        let signal = try SignalReader(kind, bytes, loop.scan, loop.configuration)
        loop.members.clear()
        signal.writeMembers(bytes, loop.scan, into: &loop.members)
        let body = SignalBody(members: loop.members, attachments: packet.attachments)
        let room = try signal.room.map { range throws(Refusal) in try name(of: range, in: bytes) }
        guard let named = signal.target else {
            return try message(kind, from: sender, room, SignalBody(copying: body), packet.ackID, signal, on: loop)
        }
        // An id may be invented, and name a loop that there is not.
        guard let target = named, target.loop < loop.count else { throw Refusal(.peerNotFound) }
        if target.loop == loop.index {
            guard let peer = loop.peers[target], let view = sender.sharedRoom(with: peer, named: room) else {
                throw Refusal(.peerNotFound)
            }
            try deliver(
                kind, from: sender.id, to: peer, in: view, body, packet.ackID, signal.confirmation, signal.timeoutMs,
                on: loop)
        } else {
            // Checked here too: the target's loop may not know yet that this peer has left.
            guard sender.sharedRoom(with: target, named: room) != nil else { throw Refusal(.peerNotFound) }
            let remote = RemoteSignal(
                kind: kind, sender: sender.id, target: target, room: room, body: SignalBody(copying: body),
                ackID: packet.ackID,
                confirmation: signal.confirmation, timeoutMs: signal.timeoutMs)
            loop.post(.signal(remote), to: target.loop)
        }
    }

    /// A signal came from another loop, for a peer of this one.
    static func arrived(_ signal: RemoteSignal, on loop: SignalingLoop) {
        do throws(Refusal) {
            guard let peer = loop.peers[signal.target],
                let view = peer.sharedRoom(with: signal.sender, named: signal.room)
            else {
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
        _ kind: SignalKind, from sender: SessionID, to target: Peer, in view: RoomView, _ body: SignalBody,
        _ ackID: Int?,
        _ confirmation: Confirmation, _ timeoutMs: Int, on loop: SignalingLoop
    ) throws(Refusal) {
        var remoteAckID: Int?
        // A sender that gave no ack callback, or wants no confirmation, costs the target none either.
        if let ackID, confirmation != .none {
            let now = loop.eventLoop.now
            remoteAckID = try target.expectAck(
                Receipt(
                    sender: sender, senderAckID: ackID, room: view, kind: kind, confirmation: confirmation, ackID: 0,
                    sentAt: now,
                    deadline: now + .milliseconds(Int64(timeoutMs))))
        }
        loop.packet.clear()
        Packets.writeSignal(kind, from: sender, in: view, ackID: remoteAckID, body, into: &loop.packet)
        target.send(loop.packet, body.attachments)
        if let ackID, confirmation == .none {
            report(ReceiptOutcome(target.id, .sent), kind, to: sender, ackID, on: loop)
        }
    }

    /// A message to a whole room.
    private static func message(
        _ kind: SignalKind, from sender: Peer, _ room: RoomName?, _ body: SignalBody, _ ackID: Int?,
        _ signal: SignalReader,
        on loop: SignalingLoop
    ) throws(Refusal) {
        guard let room, sender.isMember(of: room) else { throw Refusal(.notInRoom, field: "room") }
        var message = RoomMessage(sender: sender.id, kind: kind, body: body)
        if let ackID, signal.confirmation != .none {
            message.ackID = ackID
            message.confirmation = signal.confirmation
            message.timeoutMs = signal.timeoutMs
            sender.gathers(ackID)
        } else if let ackID {
            sender.send(Packets.ack(ackID, ["ok": true, "status": "sent"]))
        }
        loop.message(room, message)
    }

    /// A message to a room has come to the loop of some of its members.
    static func arrived(_ message: RoomMessage, in view: RoomView, on loop: SignalingLoop) {
        if let ackID = message.ackID {
            // Those whom the home counted when it took the message, though they may have left since: each is accounted for.
            for id in view.members.keys where id.loop == loop.index && id != message.sender {
                do throws(Refusal) {
                    guard let peer = loop.peers[id], peer.isMember(of: view.name) else { throw Refusal(.peerLeft) }
                    try deliver(
                        message.kind, from: message.sender, to: peer, in: view, message.body, ackID,
                        message.confirmation,
                        message.timeoutMs, on: loop)
                } catch {
                    report(ReceiptOutcome(id, .failed(error.code)), message.kind, to: message.sender, ackID, on: loop)
                }
            }
            return
        }
        // Nobody is asked for an ack, so one packet serves all.
        guard view.peers.count > 1 || view.peers.first?.id != message.sender else { return }
        loop.packet.clear()
        Packets.writeSignal(message.kind, from: message.sender, in: view, ackID: nil, message.body, into: &loop.packet)
        for peer in view.peers where peer.id != message.sender { peer.send(loop.packet, message.body.attachments) }
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

    private static func name(of range: Range<Int>, in bytes: UnsafeRawBufferPointer) throws(Refusal) -> RoomName {
        guard case .string(let name)? = try? JSON(parsing: UnsafeRawBufferPointer(rebasing: bytes[range])) else {
            throw Refusal(.badPayload, field: "room")
        }
        return RoomName(name)
    }
}

extension SignalBody {
    /// A body with memory of its own, to be kept beyond the packet that it is in.
    init(copying body: SignalBody) {
        self = body
        members = ByteBuffer(bytes: body.members.readableBytesView)
    }
}
