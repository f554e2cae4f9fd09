// SPDX-License-Identifier: Apache-2.0
internal import NIOCore
internal import ParleyEngineIO
internal import ParleyJSON
internal import ParleySocketIO
internal import ParleyTransport

/// A client as the others see it, for as long as it is connected or may come back. Confined to the loop of its socket.
final class Peer: SocketDelegate {
    let id: SessionID
    let loop: SignalingLoop
    /// Who it is, for all of its devices.
    let user: String?
    let name: String?
    let metadata: JSON
    let socket: Socket
    /// Nil where everybody may come in.
    let permit: PeerGrants?
    var rooms: [RoomView] = []
    /// Rooms that have it in their lobbies.
    var waitingIn: [RoomName] = []
    /// Joins that their rooms have not decided.
    var pendingJoins = 0

    // Presence
    /// Whether calls to its user ring here.
    var isReachable = false
    /// Armed while it is away: the end of its resume window.
    var absence: Deadline?
    var isAway: Bool { absence != nil }
    /// Its client has closed the connection in a way that looks like a goodbye.
    var isLeaving = false
    var outbox = Outbox()
    var heldAnswers = HeldAnswers()
    /// Offers that wait for its return, by their senders.
    var queuedOffers: [SessionID: Int] = [:]
    var requestIDs = RequestIDs()
    var isOffsetDue = false
    /// Where it is among those whose outboxes hold something.
    var keptPlace: Int?

    // Receipts
    var receipts = ReceiptTable()
    /// By the ack that waits for them.
    var roomReceipts: [Int: RoomReceipt] = [:]
    var mids: MidMemory?
    var isWatched = false

    var listings: [Int: RoomListing] = [:]
    var reports: [SessionID: PairReport] = [:]
    var iceRenewal: Deadline?

    init(_ socket: Socket, on loop: SignalingLoop) {
        self.socket = socket
        self.loop = loop
        id = socket.sid
        let auth = socket.auth
        let admission = socket.attachment as? Admission
        permit = admission.map { PeerGrants($0.grants) }
        user = Self.user(admission, auth)
        name = admission?.grants.name ?? auth["name"]?.stringValue.map { String($0.prefix(128)) }
        let given = try? Payload(auth).metadata("metadata", limit: loop.configuration.maxMetadataBytes)
        metadata = (given ?? .object([:])).overlaid(with: admission?.grants.metadata)
        loop.add(self)
        if loop.showsRooms { socket.data = identity }
        loop.record(.peerConnected, of: id) { identity }
        welcome(resumed: false)
        becomesReachable(true)
        watchGrants()
    }

    func welcome(resumed: Bool) {
        let members = special(resumed: resumed)
        let bound = 160 + loop.greeting.readableBytes + (members?.readableBytes ?? 0)
        loop.packet.write(bound: bound) { writer in
            writer.write("2[\"welcome\",{\"peerId\":\"")
            writer.write(id)
            if let pid = socket.pid {
                writer.write("\",\"pid\":\"")
                writer.write(pid)
            }
            writer.write(resumed ? "\",\"resumed\":true," : "\",\"resumed\":false,")
            writer.write(loop.greeting)
            if let members {
                writer.write(UInt8(ascii: ","))
                writer.write(members)
            }
            writer.write("}]")
        }
        socket.send(text: loop.packet.bytes)
    }

    /// The members of a `welcome` that not everybody gets.
    private func special(resumed: Bool) -> ByteBuffer? {
        guard user != nil || resumed || loop.configuration.ice.hasTURN else { return nil }
        var special: JSON = [:]
        special.set("user", user.map(JSON.string))
        if resumed { special.set("rooms", .array(rooms.map(\.name.json))) }
        if loop.configuration.ice.hasTURN { special.set("iceServers", iceServers()) }
        return Packets.members(special)
    }

    /// Takes it out of a room, and tells it why.
    func expel(from view: RoomView, _ reason: JSON) {
        let moderated: JSON = ["room": view.name.json, "action": "kick"]
        notify("moderated", moderated.overlaid(with: reason))
        removed(from: view)
        loop.act(RoomAct(room: view.name, peer: id, kind: .leave(.kicked)))
    }

    func evict(from room: String) -> Bool {
        guard let view = rooms.first(where: { $0.name == RoomName(room) }) else { return false }
        expel(from: view, ["by": .string(Admin.mark)])
        return true
    }

    // MARK: In

    func received(_ packet: consuming EventPacket) -> Bool {
        packet.ackID = packet.ackID.map { requestIDs.tag($0) }
        guard loop.scan.scanArray(packet.payload, membersOf: 1) == nil else { return refuseUnread(packet, event: "") }
        guard let first = loop.scan.elements.first else { return false }
        guard first.kind == .string else { return first.kind == .number && answerUnknown(packet) }
        let quoted = UnsafeRawBufferPointer(rebasing: packet.payload[first.start + 1..<first.end - 1])
        if let kind = SignalKind(name: quoted) {
            do throws(Refusal) {
                try Relay.send(kind, from: self, packet, on: loop)
            } catch {
                if packet.ackID != nil { loop.relayCounts.refused(error.code) }
                refuse(packet.ackID, event: "\(kind.name)", error)
            }
            return true
        }
        guard !PayloadReader.isReserved(quoted) else { return false }
        guard let (name, payload) = read(packet, name: quoted, isPlain: !first.escaped) else {
            return refuseUnread(packet, event: String(decoding: quoted, as: UTF8.self))
        }
        do throws(Refusal) {
            try request(name, payload, packet.ackID)
        } catch {
            refuse(packet.ackID, event: name, error)
        }
        return true
    }

    /// The name and payload of a request that was scanned; nil when it holds what Swift's strings cannot.
    private func read(
        _ packet: EventPacket, name: UnsafeRawBufferPointer, isPlain: Bool
    ) -> (name: String, payload: Payload)? {
        guard isPlain, packet.attachments.isEmpty else {
            return PayloadReader.event(packet.payload, packet.attachments).map {
                ($0.name, Payload($0.arguments.first ?? .null))
            }
        }
        // Why a part cannot be read is of no use to anybody.
        guard let value = loop.scan.elements.count > 1 ? try? loop.scan.value(at: 1, in: packet.payload) : .null else {
            return nil
        }
        return (String(decoding: name, as: UTF8.self), Payload(value))
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

    // MARK: Out

    /// The answer to a request, from wherever it was decided.
    func answered(_ ackID: Int?, event: String, _ answer: Result<JSON, Refusal>) {
        if event == "join" { pendingJoins -= 1 }
        switch answer {
        case .success(let json): self.answer(ackID, json)
        case .failure(let refusal): refuse(ackID, event: event, refusal)
        }
    }

    func answer(_ ackID: Int?, _ answer: JSON) {
        guard let ackID else { return }
        send(ackID, answer)
        guard mids?.awaits(ackID) == true, let (repetitions, repeated) = mids?.answered(ackID, answer) else { return }
        for repetition in repetitions { send(repetition, repeated) }
    }

    /// The answer to a request that is no signal: its repetition is a request of its own.
    func answer(_ ackID: Int?, _ body: (inout ObjectText) -> Void) {
        guard let ackID, let wireID = requestIDs.wire(ackID) else { return }
        Packets.writeAck(wireID, into: loop.packet, body)
        send(answer: loop.packet.bytes)
    }

    private func send(_ ackID: Int, _ answer: JSON) {
        guard let wireID = requestIDs.wire(ackID) else { return }
        Packets.ack(wireID, answer).withUnsafeReadableBytes { send(answer: $0) }
    }

    func refuse(_ ackID: Int?, event: String, _ refusal: Refusal) {
        loop.configuration.refusals.countFailure(refusal.code.rawValue)
        guard let ackID else {
            return notify("error", ["event": .string(event), "error": refusal.json])
        }
        roomReceipts[ackID] = nil
        let answer = ["ok": false, "error": refusal.json] as JSON
        for ackID in [ackID] + (mids?.refused(ackID) ?? []) { send(ackID, answer) }
    }
}
