// SPDX-License-Identifier: Apache-2.0
internal import ParleyEngineIO
internal import ParleyJSON

/// What a peer learns of the signals that it has sent.
extension Peer {
    /// The one answer to a signal.
    func receipted(_ ackID: Int, _ kind: SignalKind, _ outcome: ReceiptOutcome) {
        if !roomReceipts.isEmpty, roomReceipts[ackID] != nil {
            roomReceipts[ackID]?.add(outcome)
            return answerRoom(ackID)
        }
        // The usual outcomes are written straight as bytes, unless somebody has to remember them.
        if !isAway, mids?.awaits(ackID) != true, let wireID = requestIDs.wire(ackID),
            Packets.writeReceipt(wireID, outcome, into: loop.packet)
        {
            return socket.send(text: loop.packet.bytes)
        }
        if case .failed(let code) = outcome.result, code != .peerLeft {
            return refuse(ackID, event: "\(kind.name)", Refusal(code))
        }
        answer(ackID, outcome.json)
    }

    /// A message to a room is on its way, whose receipts are to be answered together.
    func gathers(_ ackID: Int, mid: String?) {
        roomReceipts[ackID] = RoomReceipt(.message(mid: Receipt.shown(mid, ackID)))
    }

    /// The room has said whom the message is for.
    func gathers(_ ackID: Int, from members: [SessionID]) {
        roomReceipts[ackID]?.expect(members)
        answerRoom(ackID)
    }

    private func answerRoom(_ ackID: Int) {
        guard let answer = roomReceipts[ackID]?.answer else { return }
        roomReceipts[ackID] = nil
        self.answer(ackID, answer)
    }

    /// More has become known of a signal after its answer.
    func settled(_ settlement: Settlement) {
        mids?.settled(settlement.mid, settlement.answer)
        notify("receipt", settlement.json)
    }
}

extension ReceiptOutcome {
    /// The ack of a signal.
    var json: JSON {
        let to = JSON.string(target.description)
        switch result {
        case .sent: return ["ok": true, "status": "sent", "to": to]
        case .delivered(let tookMs):
            return ["ok": true, "status": "delivered", "to": to, "tookMs": .int(Int64(tookMs))]
        case .applied(let tookMs): return ["ok": true, "status": "applied", "to": to, "tookMs": .int(Int64(tookMs))]
        case .rejected(let message):
            return ["ok": false, "error": Refusal(.remoteRejected, message: message).json, "to": to]
        case .queued(let expiresInMs, let mid):
            var answer: JSON = ["ok": true, "status": "queued", "to": to, "expiresInMs": .int(expiresInMs)]
            answer.set("mid", mid.map(JSON.string))
            return answer
        case .unacknowledged(let mid):
            return [
                "ok": false, "error": Refusal(.ackTimeout).json, "status": "sent", "to": to, "mid": .string(mid),
            ]
        case .failed(let code): return ["ok": false, "error": Refusal(code).json, "to": to]
        }
    }
}
