// SPDX-License-Identifier: Apache-2.0
internal import NIOCore
internal import ParleyEngineIO
internal import ParleyJSON
internal import ParleySocketIO

/// What a peer owes to the senders of what it gets.
extension Peer {
    /// How long a late ack is still told to the sender.
    private static let lateness = TimeAmount.seconds(30)

    /// Opens a receipt for a signal whose sender wants one. Returns the ack id under which the client shall answer.
    func openReceipt(of signal: Signal, in view: RoomView, at now: NIODeadline) throws(Refusal) -> Int {
        guard receipts.count < loop.limits.maxPendingReceipts, makesRoom(for: signal.size) else {
            throw Refusal(.queueFull)
        }
        var receipt = Receipt(
            sender: signal.sender, senderAckID: signal.ackID ?? 0, mid: signal.mid, room: view, kind: signal.kind,
            isOffer: signal.isOffer, confirmation: signal.confirmation, timeoutMs: signal.timeoutMs, sentAt: now,
            deadline: now + .milliseconds(Int64(signal.timeoutMs)))
        if isAway, !isLeaving {
            receipt.state = .queued
            receipt.deadline = .distantFuture
        }
        if receipt.deadline < .distantFuture { loop.expectReceipts(of: self, until: receipt.deadline) }
        return receipts.open(receipt)
    }

    /// Whether one more signal can be kept for the client, if need be in place of events that want no ack.
    private func makesRoom(for bytes: Int) -> Bool {
        if outbox.hasRoom(for: bytes) { return true }
        guard !isAway else { return false }
        outbox.makeRoom()
        return outbox.hasRoom(for: bytes)
    }

    /// Sends a signal that wants an ack, now or when the client is back.
    func deliver(_ packet: UnsafeRawBufferPointer, _ attachments: [ByteBuffer], ackID: Int, at now: NIODeadline) {
        if socket.pid != nil {
            receipts.setNumber(outbox.append(packet, attachments, wantsAck: true, at: now), of: ackID)
        }
        if !isAway { send(packet, attachments) }
    }

    /// The client has acked a delivery.
    func acknowledged(_ ackID: Int, _ payload: UnsafeRawBufferPointer) -> Bool {
        guard let answer = RemoteAnswer(payload, loop.scan, for: receipts.kind(of: ackID)) else { return false }
        guard let receipt = receipts.close(ackID) else { return true }
        outbox.acknowledged(receipt.number)
        let isApplied = answer.isApplied && receipt.confirmation == .applied
        guard case .waiting = receipt.state else {
            let status: Settlement.Status = answer.isRejected ? .rejected : isApplied ? .applied : .delivered
            settle(receipt, status)
            return true
        }
        let took = loop.now - receipt.sentAt
        loop.relayCounts.latency.observe(took)
        let tookMs = Int(took.nanoseconds / 1_000_000)
        switch answer {
        case .rejected(let message): report(receipt, .rejected(message: message))
        case .applied where isApplied: report(receipt, .applied(tookMs: tookMs))
        case .applied, .taken: report(receipt, .delivered(tookMs: tookMs))
        }
        return true
    }

    private func report(_ receipt: Receipt, _ result: ReceiptOutcome.Result) {
        Relay.report(ReceiptOutcome(id, result), receipt.kind, to: receipt.sender, receipt.senderAckID, on: loop)
    }

    private func settle(_ receipt: Receipt, _ status: Settlement.Status) {
        guard receipt.kind != .moderated else { return }
        loop.relayCounts.settled(status)
        loop.settle(receipt.sender, Settlement(mid: receipt.shownMid, target: id, status: status))
    }

    // MARK: Time and presence

    /// Returns when the next receipt is overdue.
    func giveUpOverdue(_ now: NIODeadline) -> NIODeadline {
        giveUp(at: now) { $0.deadline <= now }
        close(.expired) { receipt in
            if case .waiting = receipt.state { return false }
            return receipt.deadline <= now
        }
        return receipts.nextDeadline
    }

    /// Waits no longer for acks: whoever waits for such a receipt is told that it was sent, and no more.
    func giveUp(at now: NIODeadline, where matches: (Receipt) -> Bool) {
        var late: [Receipt] = []
        receipts.update { receipt in
            guard case .waiting = receipt.state, matches(receipt) else { return }
            late.append(receipt)
            receipt.state = .late
            receipt.deadline = now + Self.lateness
        }
        for receipt in late {
            outbox.forget(receipt.number)
            report(receipt, .unacknowledged(mid: receipt.shownMid))
        }
    }

    /// The client is away: whoever waits is told that the signal is kept.
    func queueReceipts() {
        var queued: [Receipt] = []
        receipts.update { receipt in
            switch receipt.state {
            case .waiting: queued.append(receipt)
            case .sentAgain: break
            case .queued, .late: return
            }
            receipt.state = .queued
            receipt.deadline = .distantFuture
        }
        for receipt in queued {
            if receipt.isOffer { queuedOffers[receipt.sender] = receipt.number }
            report(receipt, .queued(expiresInMs: remainingMs, mid: receipt.shownMid))
        }
    }

    /// The client is back, and what it had not acked is written again.
    func restartReceipts() {
        let now = loop.eventLoop.now
        receipts.update { receipt in
            guard case .queued = receipt.state else { return }
            receipt.state = .sentAgain
            receipt.deadline = now + .milliseconds(Int64(receipt.timeoutMs))
        }
        if receipts.count > 0 { loop.expectReceipts(of: self, until: receipts.nextDeadline) }
    }

    /// A newer offer has taken the place of this one in the outbox.
    func supersede(_ number: Int) {
        for receipt in receipts.close(where: { $0.number == number }) {
            settle(receipt, .superseded)
        }
    }

    /// Nobody will ack these any more.
    func closeReceipts(_ status: Settlement.Status, where matches: (Receipt) -> Bool) { close(status, where: matches) }

    private func close(_ status: Settlement.Status, where matches: (Receipt) -> Bool) {
        for receipt in receipts.close(where: matches) {
            outbox.forget(receipt.number)
            switch receipt.state {
            case .waiting: report(receipt, .failed(.peerLeft))
            case .queued, .sentAgain: settle(receipt, status)
            case .late: break
            }
        }
    }
}
