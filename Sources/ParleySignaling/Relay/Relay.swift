// SPDX-License-Identifier: Apache-2.0
internal import NIOCore
internal import ParleyEngineIO
internal import ParleyJSON
internal import ParleySocketIO

/// The way of a signal: read once, checked where its target is, and written there with a new header in front of the same
/// bytes.
enum Relay {
    /// A signal came from a peer. `loop.scan` holds its survey.
    static func send(_ kind: SignalKind, from peer: Peer, _ packet: EventPacket, on loop: SignalingLoop) throws(Refusal)
    {
        let (bytes, ackID, attachments) = (packet.payload, packet.ackID, packet.attachments)
        // A placeholder without its attachment is undecodable at the other end.
        if !attachments.isEmpty, PayloadReader.event(bytes, attachments) == nil { throw Refusal(.badPayload) }
        let reader = try SignalReader(kind, bytes, loop.scan, loop.limits)
        let room = try reader.room.map { range throws(Refusal) in try name(of: range, in: bytes) }
        let members = reader.members(bytes, loop.scan)
        let signal = Signal(
            kind: kind, sender: peer.id, attachments: attachments, ackID: ackID, mid: reader.mid(in: bytes),
            confirmation: reader.confirmation, timeoutMs: reader.timeoutMs, isOffer: reader.isOffer,
            size: attachments.reduce(members.count + 128) { $0 + $1.readableBytes })
        if let mid = signal.mid, !peer.isNew(mid, ackID) { return }
        do throws(Refusal) {
            try send(signal, members, to: reader.target, in: room, from: peer, on: loop)
        } catch {
            peer.forget(mid: signal.mid)
            throw error
        }
    }

    private static func send(
        _ signal: Signal, _ members: SignalMembers, to target: SessionID??, in room: RoomName?, from peer: Peer,
        on loop: SignalingLoop
    ) throws(Refusal) {
        guard let target else { return try send(signal, members, from: peer, toRoom: room, on: loop) }
        // An id may be invented, and name a loop that there is not.
        guard let target, target.loop < loop.count else { throw Refusal(.peerNotFound) }
        if target.loop == loop.index {
            guard let other = loop.peers[target], let view = peer.sharedRoom(with: other, named: room) else {
                throw Refusal(.peerNotFound)
            }
            try deliver(signal, members, to: other, in: view, on: loop)
        } else {
            // Checked here too: the target's loop may not know yet that this peer has left.
            guard peer.sharedRoom(with: target, named: room) != nil else { throw Refusal(.peerNotFound) }
            loop.deliver(signal, members, to: target, in: room)
        }
    }

    /// A signal for a peer of this loop.
    static func arrived(
        _ signal: Signal, _ members: SignalMembers, to target: SessionID, in room: RoomName?, on loop: SignalingLoop
    ) {
        do throws(Refusal) {
            guard let peer = loop.peers[target], let view = peer.sharedRoom(with: signal.sender, named: room) else {
                throw Refusal(.peerNotFound)
            }
            try deliver(signal, members, to: peer, in: view, on: loop)
        } catch  where signal.kind == .moderated {
            // One of several that were asked.
            guard let ackID = signal.ackID else { return }
            report(ReceiptOutcome(target, .failed(error.code)), signal.kind, to: signal.sender, ackID, on: loop)
        } catch {
            loop.refuse(signal, error)
        }
    }

    /// A signal with memory of its own.
    private static func deliver(
        _ signal: Signal, to target: Peer, in view: RoomView, on loop: SignalingLoop
    ) throws(Refusal) {
        try signal.members?.withUnsafeBytes { bytes throws(Refusal) in
            try deliver(signal, SignalMembers(joined: bytes), to: target, in: view, on: loop)
        }
    }

    private static func deliver(
        _ signal: Signal, _ members: SignalMembers, to target: Peer, in view: RoomView, on loop: SignalingLoop
    ) throws(Refusal) {
        // A sender that gave no ack callback, or wants no confirmation, costs the target none either.
        guard signal.ackID == nil || signal.confirmation == .none else {
            let now = loop.now
            let ackID = try target.openReceipt(of: signal, in: view, at: now)
            loop.relayCounts.relayed(signal.kind)
            Packets.write(signal, members, in: view, ackID: ackID, into: loop.packet)
            if target.isAway {
                target.queue(signal, KeptBytes(loop.packet.bytes), ackID: ackID)
            } else {
                target.deliver(loop.packet.bytes, signal.attachments, ackID: ackID, at: now)
            }
            return
        }
        Packets.write(signal, members, in: view, ackID: nil, into: loop.packet)
        guard !target.isAway || target.outbox.hasRoom(for: loop.packet.bytes.count) else { throw Refusal(.queueFull) }
        loop.relayCounts.relayed(signal.kind)
        if target.isAway, signal.isOffer {
            target.queue(signal, KeptBytes(loop.packet.bytes), ackID: nil)
        } else {
            target.notify(loop.packet.bytes, signal.attachments)
        }
        guard let ackID = signal.ackID else { return }
        let result: ReceiptOutcome.Result =
            target.isAway ? .queued(expiresInMs: target.remainingMs, mid: nil) : .sent
        report(ReceiptOutcome(target.id, result), signal.kind, to: signal.sender, ackID, on: loop)
    }

    // MARK: Rooms

    private static func send(
        _ signal: Signal, _ members: SignalMembers, from peer: Peer, toRoom room: RoomName?, on loop: SignalingLoop
    ) throws(Refusal) {
        guard let room, peer.isMember(of: room) else { throw Refusal(.notInRoom, field: "room") }
        var signal = signal.keeping(members)
        if let ackID = signal.ackID {
            if signal.confirmation == .none {
                loop.relayCounts.receipted(.sent)
                peer.answer(ackID, ["ok": true, "status": "sent"])
                signal.ackID = nil
            } else {
                peer.gathers(ackID, mid: signal.mid)
            }
        }
        loop.act(RoomAct(room: room, peer: peer.id, ackID: signal.ackID, kind: .message(signal)))
    }

    /// A signal to a room has come to the loop of some of its members.
    static func arrived(_ signal: Signal, in view: RoomView, on loop: SignalingLoop) {
        guard signal.ackID == nil else { return deliverToEach(signal, in: view, on: loop) }
        // Nobody is asked for an ack, so one packet serves all.
        guard view.peers.count > 1 || view.peers.first?.id != signal.sender else { return }
        signal.members?.withUnsafeBytes {
            Packets.write(signal, SignalMembers(joined: $0), in: view, ackID: nil, into: loop.packet)
        }
        let packet = KeptBytes(loop.packet.bytes)
        for peer in view.peers where peer.id != signal.sender {
            loop.relayCounts.relayed(signal.kind)
            peer.notify(packet, signal.attachments)
        }
    }

    /// To those whom the home counted when it took the signal, though they may have left since: each is accounted for.
    private static func deliverToEach(_ signal: Signal, in view: RoomView, on loop: SignalingLoop) {
        guard let ackID = signal.ackID else { return }
        for id in view.members.keys where id.loop == loop.index && id != signal.sender {
            do throws(Refusal) {
                guard let peer = loop.peers[id], peer.isMember(of: view.name) else { throw Refusal(.peerLeft) }
                try deliver(signal, to: peer, in: view, on: loop)
            } catch {
                report(ReceiptOutcome(id, .failed(error.code)), signal.kind, to: signal.sender, ackID, on: loop)
            }
        }
    }

    // MARK: Receipts

    /// Tells a sender what became of its signal, wherever it is.
    static func report(
        _ outcome: ReceiptOutcome, _ kind: SignalKind, to sender: SessionID, _ ackID: Int, on loop: SignalingLoop
    ) {
        loop.relayCounts.receipted(outcome.result)
        if sender.loop == loop.index {
            loop.peers[sender]?.receipted(ackID, kind, outcome)
        } else {
            loop.send(.receipt(sender, ackID: ackID, kind, outcome), to: sender.loop)
        }
    }

    private static func name(of range: Range<Int>, in bytes: UnsafeRawBufferPointer) throws(Refusal) -> RoomName {
        let inside = bytes[range].dropFirst().dropLast()
        if !inside.contains(UInt8(ascii: "\\")) { return RoomName(String(decoding: inside, as: UTF8.self)) }
        guard case .string(let name)? = try? JSON(parsing: UnsafeRawBufferPointer(rebasing: bytes[range])) else {
            throw Refusal(.badPayload, field: "room")
        }
        return RoomName(name)
    }
}
