// SPDX-License-Identifier: Apache-2.0
internal import NIOCore
internal import ParleyEngineIO
internal import ParleyJSON
internal import ParleySocketIO
internal import ParleyTransport

/// Here, away, back, gone.
extension Peer: DeadlineOwner {
    /// How long a peer that is away may still come back, in milliseconds.
    var remainingMs: Int64 {
        guard let absence else { return 0 }
        return max(0, (absence.due - loop.eventLoop.now).nanoseconds / 1_000_000)
    }

    func disconnected(_ reason: DisconnectReason) -> Bool {
        guard reason.mayComeBack, socket.pid != nil else {
            release(LeaveReason(reason))
            return false
        }
        goAway(shortly: reason == .normalClosure)
        return true
    }

    private func goAway(shortly: Bool) {
        let deadline = Deadline()
        deadline.owner = self
        absence = deadline
        isLeaving = shortly
        loop.absences.arm(deadline, isSeen: !rooms.isEmpty, shortly: shortly)
        becomesReachable(false)
        // Most likely it will not come back, and then nobody need hear of two things.
        guard !isLeaving else { return }
        queueReceipts()
        tellRooms(isAway: true)
    }

    private func tellRooms(isAway: Bool) {
        for view in rooms { loop.act(RoomAct(room: view.name, peer: id, kind: .presence(isAway: isAway))) }
    }

    /// The resume window is over, or the ICE credentials are to be renewed.
    func deadlinePassed() {
        if let absence, absence.due <= loop.eventLoop.now {
            release(isLeaving ? .left : .timeout)
        } else {
            renewICE()
        }
    }

    /// The client has come back. One that is another user is refused. One that has missed more than was kept begins anew,
    /// and this peer ends.
    func resume(_ resumption: Resumption) {
        let offset = resumption.offset.flatMap { Int($0) }
        let admission = resumption.attachment as? Admission
        guard user == Self.user(admission, resumption.auth), resumption.offset == nil || offset != nil else {
            return loop.refuse(resumption)
        }
        guard outbox.resume(at: offset) else {
            end(.replaced)
            return loop.refuse(resumption)
        }
        guard resumption.accept(socket) else { return }
        loop.relayCounts.resumed += 1
        let wasAway = isAway && !isLeaving
        absence?.disarm()
        absence = nil
        isLeaving = false
        requestIDs.resumed()
        // Answers first: before it is connected, the client has no new requests whose ids they could have.
        for answer in heldAnswers.takeAll() { answer.withUnsafeReadableBytes { socket.send(text: $0) } }
        queuedOffers = [:]
        loop.record(.peerResumed, of: id) { identity }
        socket.sendConnect()
        welcome(resumed: true)
        for (packet, attachments) in outbox.missed { packet.withUnsafeReadableBytes { send($0, attachments) } }
        // This connection may be broken already.
        guard !isAway else { return }
        restartReceipts()
        announceOffset()
        if wasAway { tellRooms(isAway: false) }
        becomesReachable(true)
        if let admission { adopt(admission.grants) }
    }

    /// The peer is gone for good: it leaves its rooms and lobbies, and whoever waits for its acks is told.
    func release(_ reason: LeaveReason) {
        guard loop.peers[id] === self else { return }
        if reason == .timeout { loop.relayCounts.resumesExpired += 1 }
        absence?.disarm()
        absence = nil
        iceRenewal?.disarm()
        iceRenewal = nil
        permit?.timer?.cancel()
        becomesReachable(false)
        loop.remove(self)
        loop.record(.peerDisconnected, of: id) { identity.overlaid(with: ["reason": .string(reason.rawValue)]) }
        for view in rooms {
            view.remove(self)
            loop.act(RoomAct(room: view.name, peer: id, kind: .leave(reason)))
        }
        for room in waitingIn { loop.act(RoomAct(room: room, peer: id, kind: .leave(reason))) }
        rooms = []
        waitingIn = []
        closeReceipts(reason == .timeout ? .expired : .left) { _ in true }
        loop.calls.released(id)
        socket.abandon()
    }

    /// The client has said that it goes, by `POST …/bye`, whatever becomes of its connection.
    func bye() { end(.left) }

    func end(_ reason: LeaveReason) {
        release(reason)
        socket.disconnect(close: true)
    }

    /// Tells the home of its user whether this device can be called.
    func becomesReachable(_ isReachable: Bool) {
        guard let user, isReachable != self.isReachable else { return }
        self.isReachable = isReachable
        loop.tell(loop.home(of: user), isReachable ? .arrived(user, id) : .gone(user, id))
    }

    // MARK: Out

    func notify(_ event: String, _ payload: JSON) { notify(Packets.event(event, payload)) }

    func notify(_ packet: ByteBuffer) { packet.withUnsafeReadableBytes { notify($0, []) } }

    /// Sends an event that wants no ack, now or when the client is back.
    func notify(_ packet: UnsafeRawBufferPointer, _ attachments: [ByteBuffer]) {
        notify(packet, attachments) { outbox.append(packet, attachments, wantsAck: false, at: loop.now) }
    }

    /// The same with one that others get too, which is kept only once.
    func notify(_ packet: KeptBytes, _ attachments: [ByteBuffer] = []) {
        packet.withUnsafeBytes { notify($0, attachments) { outbox.append(packet, attachments, at: loop.now) } }
    }

    @inline(__always)
    private func notify(_ packet: UnsafeRawBufferPointer, _ attachments: [ByteBuffer], keep: () -> Void) {
        guard socket.pid != nil else { return send(packet, attachments) }
        guard makesRoom(forEvent: packet.count) else { return }
        keep()
        guard !isAway else { return }
        // Asked for before the event is written, so that the offset leaves with it.
        loop.expectOffset(of: self)
        send(packet, attachments)
    }

    /// False when there is no room, and the peer has ended for it.
    private func makesRoom(forEvent bytes: Int) -> Bool {
        if outbox.hasRoom(for: bytes) { return true }
        // Its view would have a hole, and it could not resume: there is nothing more to wait for.
        if isAway {
            release(isLeaving ? .left : .timeout)
            return false
        }
        outbox.makeRoom()
        return true
    }

    /// Tells the client up to where it has got its events; it says so when it comes back.
    func announceOffset() {
        isOffsetDue = false
        guard !isAway, socket.pid != nil else { return }
        Packets.withOffset(outbox.last) { socket.send(text: $0) }
    }

    /// Sends the answer to a request.
    func send(answer: UnsafeRawBufferPointer) {
        if isAway { heldAnswers.add(ByteBuffer(bytes: answer)) } else { socket.send(text: answer) }
    }

    func send(_ packet: UnsafeRawBufferPointer, _ attachments: [ByteBuffer]) {
        guard !attachments.isEmpty else { return socket.send(text: packet) }
        var whole = OutgoingPacket(text: ByteBuffer(bytes: packet))
        whole.attachments = attachments
        socket.send(whole)
    }
}

extension DisconnectReason {
    /// Whether the client may only have lost its connection.
    fileprivate var mayComeBack: Bool { isRecoverable && self != .serverShuttingDown }
}

extension LeaveReason {
    fileprivate init(_ reason: DisconnectReason) {
        self =
            switch reason {
            case .serverShuttingDown: .serverShutdown
            case .clientNamespaceDisconnect: .left
            default: .disconnected
            }
    }
}
