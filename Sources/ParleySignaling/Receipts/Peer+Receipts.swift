// SPDX-License-Identifier: Apache-2.0
internal import NIOCore
internal import ParleyEngineIO
internal import ParleyJSON
internal import ParleySocketIO

/// What a peer owes to the senders of what it gets.
extension Peer: AckReceiver {
    /// How long a late ack is still told to the sender.
    private static let lateness = TimeAmount.seconds(30)

    /// Opens a receipt for a signal whose sender wants one. Returns its slot, and the ack id under which the client shall
    /// answer.
    func openReceipt(of signal: Signal, in view: RoomView) throws(Refusal) -> (slot: Int, ackID: Int) {
        guard receipts.count < loop.configuration.maxPendingReceipts, makesRoom(for: signal) else {
            throw Refusal(.queueFull)
        }
        let now = loop.eventLoop.now
        var receipt = Receipt(
            sender: signal.sender, senderAckID: signal.ackID ?? 0, mid: signal.mid, room: view, kind: signal.kind,
            isOffer: signal.isOffer, confirmation: signal.confirmation, timeoutMs: signal.timeoutMs, ackID: 0,
            number: 0,
            sentAt: now, deadline: now + .milliseconds(Int64(signal.timeoutMs)))
        if isAway, !isLeaving {
            receipt.state = .queued
            receipt.deadline = .distantFuture
        }
        let slot = receipts.open(receipt)
        let ackID = socket.openAck(self, token: slot)
        loop.expectReceipts(of: self)
        return (slot, ackID)
    }

    /// Whether one more signal can be kept for the client, if need be in place of events that want no ack.
    func makesRoom(for signal: Signal) -> Bool {
        if outbox.hasRoom(for: signal.size) { return true }
        guard !isAway else { return false }
        outbox.makeRoom()
        return outbox.hasRoom(for: signal.size)
    }

    /// Sends a signal that wants an ack, now or when the client is back.
    func deliver(_ packet: ByteBuffer, _ attachments: [ByteBuffer], _ slot: Int, ackID: Int) {
        guard socket.pid != nil else {
            receipts.setAckID(ackID, number: 0, of: slot)
            return send(packet, attachments)
        }
        let number = outbox.append(packet, attachments, receipt: slot, at: loop.eventLoop.now)
        receipts.setAckID(ackID, number: number, of: slot)
        if !isAway { send(packet, attachments) }
    }

    /// The client has acked a delivery.
    func acknowledged(_ token: Int, payload: UnsafeRawBufferPointer) -> Bool {
        guard let answer = RemoteAnswer(payload, &loop.scan, for: receipts[token]?.kind) else { return false }
        guard let receipt = receipts.close(token) else { return true }
        outbox.acknowledged(receipt.number)
        let isApplied = answer.isApplied && receipt.confirmation == .applied
        guard case .waiting = receipt.state else {
            let status: Settlement.Status = answer.isRejected ? .rejected : isApplied ? .applied : .delivered
            settle(receipt, status)
            return true
        }
        let tookMs = Int((loop.eventLoop.now - receipt.sentAt).nanoseconds / 1_000_000)
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
        loop.settle(receipt.sender, Settlement(mid: receipt.shownMid, target: id, status: status))
    }

    // MARK: Time and presence

    func giveUpOverdue(_ now: NIODeadline) {
        var late: [Receipt] = []
        receipts.update { receipt in
            guard receipt.deadline <= now, case .waiting = receipt.state else { return }
            late.append(receipt)
            receipt.state = .late
            receipt.deadline = now + Self.lateness
        }
        for receipt in late {
            outbox.forget(receipt.number)
            report(receipt, .unacknowledged(mid: receipt.shownMid))
        }
        close(.expired) { receipt in
            if case .waiting = receipt.state { return false }
            return receipt.deadline <= now
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
    }

    /// A newer offer has taken the place of this one in the outbox.
    func supersede(_ number: Int) {
        for receipt in receipts.close(where: { $0.number == number }) {
            socket.giveUpAck(receipt.ackID)
            settle(receipt, .superseded)
        }
    }

    /// Nobody will ack these any more.
    func closeReceipts(_ status: Settlement.Status, where matches: (Receipt) -> Bool) { close(status, where: matches) }

    private func close(_ status: Settlement.Status, where matches: (Receipt) -> Bool) {
        for receipt in receipts.close(where: matches) {
            socket.giveUpAck(receipt.ackID)
            outbox.forget(receipt.number)
            switch receipt.state {
            case .waiting: report(receipt, .failed(.peerLeft))
            case .queued, .sentAgain: settle(receipt, status)
            case .late: break
            }
        }
    }
}
