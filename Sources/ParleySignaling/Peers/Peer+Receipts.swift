// SPDX-License-Identifier: Apache-2.0
internal import NIOCore
internal import ParleyEngineIO
internal import ParleyJSON
internal import ParleySocketIO

/// What a peer owes to the senders of what it gets, and what it learns of what it has sent.
extension Peer: AckReceiver {
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
}
