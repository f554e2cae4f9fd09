// SPDX-License-Identifier: Apache-2.0
internal import NIOCore
internal import ParleyEngineIO
internal import ParleyJSON

/// Signals to a peer that is away, and signals that are sent again.
extension Peer {
    /// Keeps a signal until the client is back. An offer takes the place of an older one from the same sender, and with it
    /// that one's place before the candidates that wait behind it. The packet has memory of its own, since what the sender
    /// is told may cause others.
    func queue(_ signal: Signal, _ packet: KeptBytes, ackID: Int?) {
        if ackID != nil, !isLeaving { report(signal, queuedFor: remainingMs) }
        if signal.isOffer, let older = queuedOffers[signal.sender],
            packet.withUnsafeBytes({ outbox.replace(older, $0, signal.attachments, wantsAck: ackID != nil) })
        {
            supersede(older)
            if let ackID { receipts.setNumber(older, of: ackID) }
            return
        }
        packet.withUnsafeBytes { bytes in
            if let ackID {
                deliver(bytes, signal.attachments, ackID: ackID, at: loop.now)
            } else {
                notify(bytes, signal.attachments)
            }
        }
        if signal.isOffer { queuedOffers[signal.sender] = outbox.last }
    }

    private func report(_ signal: Signal, queuedFor expiresInMs: Int64) {
        guard let ackID = signal.ackID else { return }
        let mid = Receipt.shown(signal.mid, ackID)
        Relay.report(
            ReceiptOutcome(id, .queued(expiresInMs: expiresInMs, mid: mid)), signal.kind, to: signal.sender, ackID,
            on: loop)
    }

    /// A signal was refused without an answer that anybody waits for: it may be sent again.
    func forget(mid: String?) {
        if let mid { mids?.forget(unanswered: mid) }
    }

    /// Whether a signal with this `mid` has not been sent before. If it has, the sender is answered as then.
    func isNew(_ mid: String, _ ackID: Int?) -> Bool {
        if mids == nil { mids = MidMemory() }
        switch mids?.received(mid, ackID: ackID, at: loop.now) {
        case .repeated(let answer?):
            if let ackID { self.answer(ackID, answer) }
            return false
        case .repeated(nil): return false
        case .new, nil: return true
        }
    }
}
