// SPDX-License-Identifier: Apache-2.0
internal import NIOCore
internal import ParleyEngineIO
internal import ParleyJSON
internal import ParleySocketIO

/// A client as the others see it. Confined to the loop of its socket.
final class Peer: SocketDelegate {
    let id: SessionID
    let loop: SignalingLoop
    let name: String?
    let metadata: JSON
    let socket: Socket
    var rooms: [RoomView] = []
    /// Joins that their rooms have not decided.
    var pendingJoins = 0
    var receipts = ReceiptTable()
    /// By the ack that waits for them.
    var roomReceipts: [Int: RoomReceipt] = [:]
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
