// SPDX-License-Identifier: Apache-2.0
internal import NIOCore
internal import ParleyEngineIO
internal import ParleyJSON
internal import ParleySocketIO

/// A client as the others see it. Confined to the loop of its socket.
final class Peer: SocketDelegate, AckReceiver {
    let id: SessionID
    let loop: SignalingLoop
    let name: String?
    let metadata: JSON
    private let socket: Socket
    private var rooms: [RoomView] = []
    /// Joins that their rooms have not decided.
    private var pendingJoins = 0
    private var receipts = ReceiptTable()
    /// By the ack that waits for them.
    private var roomReceipts: [Int: RoomReceipt] = [:]
    var isWatched = false

    init(_ socket: Socket, on loop: SignalingLoop) {
        self.socket = socket
        self.loop = loop
        id = socket.sid
        let auth = socket.auth
        name = auth["name"]?.stringValue.map { String($0.prefix(128)) }
        let given = auth["metadata"].flatMap { $0.objectValue == nil ? nil : $0 }
        metadata =
            given.flatMap { $0.text.utf8.count <= loop.configuration.maxMetadataBytes ? $0 : nil } ?? .object([:])
        loop.add(self)
        welcome()
    }

    private func welcome() {
        let limits = loop.configuration
        let welcome: JSON = [
            "peerId": .string(id.description), "resumed": false, "protocol": 1, "resumeWindowMs": 0,
            "server": ["name": .string(limits.serverName), "version": .string(limits.serverVersion)],
            "limits": [
                "descriptionBytes": .int(Int64(limits.maxDescriptionBytes)),
                "candidateBytes": .int(Int64(limits.maxCandidateBytes)),
                "metadataBytes": .int(Int64(limits.maxMetadataBytes)),
                "pendingReceipts": .int(Int64(limits.maxPendingReceipts)),
                "timeoutMs": .int(Int64(limits.maxTimeoutMs)),
            ],
            "features": ["receipts"], "iceServers": [],
        ]
        send(Packets.event("welcome", welcome))
    }

    // MARK: In

    func received(_ packet: EventPacket) -> Bool {
        guard loop.scan.scanArray(packet.payload, membersOf: 1) == nil else { return refuseUnread(packet, event: "") }
        guard let first = loop.scan.elements.first else { return false }
        guard first.kind == .string else { return first.kind == .number && answerUnknown(packet) }
        let quoted = UnsafeRawBufferPointer(rebasing: packet.payload[first.start + 1..<first.end - 1])
        if let kind = SignalKind(name: quoted) {
            do throws(Refusal) {
                try Relay.send(kind, from: self, packet, on: loop)
            } catch {
                refuse(packet.ackID, event: "\(kind.name)", error)
            }
            return true
        }
        guard !PayloadReader.isReserved(quoted) else { return false }
        guard let event = PayloadReader.event(packet.payload, packet.attachments) else {
            return refuseUnread(packet, event: String(decoding: quoted, as: UTF8.self))
        }
        do throws(Refusal) {
            try request(event.name, event.arguments.first ?? .null, packet.ackID)
        } catch {
            refuse(packet.ackID, event: event.name, error)
        }
        return true
    }

    private func answerUnknown(_ packet: EventPacket) -> Bool {
        refuse(packet.ackID, event: "", Refusal(.unknownEvent))
        return true
    }

    /// An event that is sound JSON and yet cannot be taken: too many members, half a surrogate pair, a placeholder without
    /// its attachment. False when it is no sound JSON.
    private func refuseUnread(_ packet: EventPacket, event: String) -> Bool {
        guard JSONScan.validate(packet.payload) == nil, packet.payload.first == UInt8(ascii: "[") else { return false }
        refuse(packet.ackID, event: event, Refusal(.badPayload))
        return true
    }

    private func request(_ event: String, _ payload: JSON, _ ackID: Int?) throws(Refusal) {
        switch event {
        case "join": try join(payload, ackID)
        case "leave": try leave(payload, ackID)
        case "peers": try peers(payload, ackID)
        default: throw Refusal(.unknownEvent)
        }
    }

    // MARK: Rooms

    private func join(_ payload: JSON, _ ackID: Int?) throws(Refusal) {
        let request = try JoinRequest(payload, from: self, ackID: ackID)
        guard rooms.count + pendingJoins < loop.configuration.maxRoomsPerPeer else {
            throw Refusal(
                .rateLimited, message: "A peer can be in \(loop.configuration.maxRoomsPerPeer) rooms at a time.")
        }
        pendingJoins += 1
        loop.join(request)
    }

    /// The room has let this peer in.
    func joined(_ view: RoomView, as member: Member, room: JSON, ackID: Int?) {
        pendingJoins -= 1
        rooms.append(view)
        view.add(self)
        guard let ackID else { return }
        let answer: JSON = [
            "ok": true, "room": room, "self": member.ownView, "peers": view.others(than: member), "iceServers": [],
        ]
        send(Packets.ack(ackID, answer))
    }

    /// The room has not let this peer in.
    func joinRefused(_ ackID: Int?, _ refusal: Refusal) {
        pendingJoins -= 1
        refuse(ackID, event: "join", refusal)
    }

    private func leave(_ payload: JSON, _ ackID: Int?) throws(Refusal) {
        let name = (payload.stringValue ?? payload["room"]?.stringValue).map(RoomName.init)
        if name == nil, !payload.isNull, payload["room"].map({ !$0.isNull }) ?? (payload.objectValue == nil) {
            throw Refusal(.badPayload, field: "room")
        }
        if let name, !isMember(of: name) { throw Refusal(.notInRoom, field: "room") }
        for view in rooms where name == nil || view.name == name {
            view.remove(self)
            loop.leave(view.name, id, .left)
        }
        rooms.removeAll { name == nil || $0.name == name }
        for receipt in receipts.close(where: { receipt in !rooms.contains { $0 === receipt.room } }) {
            socket.giveUpAck(receipt.ackID)
            Relay.report(
                ReceiptOutcome(id, .failed(.peerLeft)), receipt.kind, to: receipt.sender, receipt.senderAckID, on: loop)
        }
        if let ackID { send(Packets.ack(ackID, ["ok": true])) }
    }

    /// Who is in a room, to repair a view of it.
    private func peers(_ payload: JSON, _ ackID: Int?) throws(Refusal) {
        guard let name = (payload.stringValue ?? payload["room"]?.stringValue).map(RoomName.init) else {
            throw Refusal(.badPayload, field: "room")
        }
        guard let view = rooms.first(where: { $0.name == name }), let own = view.members[id] else {
            throw Refusal(.notInRoom, field: "room")
        }
        if let ackID { send(Packets.ack(ackID, ["ok": true, "room": name.json, "peers": view.others(than: own)])) }
    }

    func isMember(of room: RoomName) -> Bool { rooms.contains { $0.name == room } }

    /// A room that both are in, the named one if one is named. For a peer of the same loop.
    func sharedRoom(with other: Peer, named name: RoomName?) -> RoomView? {
        for view in rooms where name == nil || view.name == name {
            for theirs in other.rooms where theirs === view { return view }
        }
        return nil
    }

    /// The same, for a peer of any loop.
    func sharedRoom(with other: SessionID, named name: RoomName?) -> RoomView? {
        rooms.first { (name == nil || $0.name == name) && $0.members[other] != nil }
    }

    func disconnected(_ reason: DisconnectReason) {
        loop.remove(self)
        let left: LeaveReason =
            switch reason {
            case .serverShuttingDown: .serverShutdown
            case .clientNamespaceDisconnect: .left
            default: .disconnected
            }
        for view in rooms {
            view.remove(self)
            loop.leave(view.name, id, left)
        }
        rooms = []
        for receipt in receipts.close(where: { _ in true }) {
            Relay.report(
                ReceiptOutcome(id, .failed(.peerLeft)), receipt.kind, to: receipt.sender, receipt.senderAckID, on: loop)
        }
    }

    // MARK: Receipts

    var hasOpenReceipts: Bool { receipts.count > 0 }

    /// Opens a receipt for a signal whose sender wants one, and returns the ack id under which the client shall answer.
    func expectAck(of signal: Signal, in view: RoomView) throws(Refusal) -> Int {
        guard receipts.count < loop.configuration.maxPendingReceipts else { throw Refusal(.queueFull) }
        let now = loop.eventLoop.now
        let receipt = Receipt(
            sender: signal.sender, senderAckID: signal.ackID ?? 0, room: view, kind: signal.kind,
            confirmation: signal.confirmation, ackID: 0, sentAt: now,
            deadline: now + .milliseconds(Int64(signal.timeoutMs)))
        let slot = receipts.open(receipt)
        let ackID = socket.openAck(self, token: slot)
        receipts.setAckID(ackID, of: slot)
        loop.expectReceipts(of: self)
        return ackID
    }

    /// The client has acked a delivery.
    func acknowledged(_ token: Int, payload: UnsafeRawBufferPointer) -> Bool {
        guard let answer = RemoteAnswer(payload, &loop.scan) else { return false }
        guard let receipt = receipts.close(token) else { return true }
        let tookMs = Int((loop.eventLoop.now - receipt.sentAt).nanoseconds / 1_000_000)
        let result: ReceiptOutcome.Result =
            switch answer {
            case .rejected(let message): .rejected(message: message)
            case .applied where receipt.confirmation == .applied: .applied(tookMs: tookMs)
            case .applied, .taken: .delivered(tookMs: tookMs)
            }
        Relay.report(ReceiptOutcome(id, result), receipt.kind, to: receipt.sender, receipt.senderAckID, on: loop)
        return true
    }

    func giveUpOverdue(_ now: NIODeadline) {
        for receipt in receipts.close(where: { $0.deadline <= now }) {
            socket.giveUpAck(receipt.ackID)
            Relay.report(
                ReceiptOutcome(id, .failed(.ackTimeout)), receipt.kind, to: receipt.sender, receipt.senderAckID,
                on: loop)
        }
    }

    /// What became of a signal that this peer has sent.
    func receipted(_ ackID: Int, _ kind: SignalKind, _ outcome: ReceiptOutcome) {
        if !roomReceipts.isEmpty, roomReceipts[ackID] != nil {
            roomReceipts[ackID]?.add(outcome)
            return answerRoom(ackID)
        }
        loop.packet.clear()
        switch outcome.result {
        case .sent: Packets.writeReceipt(ackID, "sent", to: outcome.target, tookMs: nil, into: &loop.packet)
        case .delivered(let tookMs):
            Packets.writeReceipt(ackID, "delivered", to: outcome.target, tookMs: tookMs, into: &loop.packet)
        case .applied(let tookMs):
            Packets.writeReceipt(ackID, "applied", to: outcome.target, tookMs: tookMs, into: &loop.packet)
        case .rejected(let message):
            return refuse(ackID, event: "\(kind.name)", Refusal(.remoteRejected, message: message))
        case .failed(.ackTimeout):
            let answer: JSON = ["ok": false, "error": Refusal(.ackTimeout).json, "status": "sent"]
            return send(Packets.ack(ackID, answer))
        case .failed(let code): return refuse(ackID, event: "\(kind.name)", Refusal(code))
        }
        send(loop.packet)
    }

    /// A message to a room is on its way, whose receipts are to be answered together.
    func gathers(_ ackID: Int) { roomReceipts[ackID] = RoomReceipt() }

    /// The room has said whom the message is for.
    func gathers(_ ackID: Int, from members: [SessionID]) {
        roomReceipts[ackID]?.expect(members)
        answerRoom(ackID)
    }

    private func answerRoom(_ ackID: Int) {
        guard let answer = roomReceipts[ackID]?.answer else { return }
        roomReceipts[ackID] = nil
        send(Packets.ack(ackID, answer))
    }

    // MARK: Out

    func refuse(_ ackID: Int?, event: String, _ refusal: Refusal) {
        if let ackID {
            roomReceipts[ackID] = nil
            send(Packets.ack(ackID, ["ok": false, "error": refusal.json]))
        } else {
            send(Packets.event("error", ["event": .string(event), "error": refusal.json]))
        }
    }

    func send(_ packet: ByteBuffer) { socket.send(packet: packet) }

    func send(_ packet: ByteBuffer, _ attachments: [ByteBuffer]) {
        guard !attachments.isEmpty else { return socket.send(packet: packet) }
        var whole = OutgoingPacket(text: packet)
        whole.attachments = attachments
        socket.send(whole)
    }
}
