// SPDX-License-Identifier: Apache-2.0
internal import NIOCore
internal import ParleyEngineIO
internal import ParleyJSON

/// A delivery whose ack by the remote client is outstanding.
struct Receipt {
    /// Who wants to know.
    var sender: SessionID
    /// The sender's own ack, under which it wants to know.
    var senderAckID: Int
    /// The room by which both know each other.
    var room: RoomView
    var kind: SignalKind
    var confirmation: Confirmation
    /// The id under which the remote client acks.
    var ackID: Int
    var sentAt: NIODeadline
    var deadline: NIODeadline
}

/// What became of a delivery: never more than is known.
struct ReceiptOutcome: Sendable {
    enum Result: Sendable {
        /// Written to the remote client, which was not asked.
        case sent
        case delivered(tookMs: Int)
        case applied(tookMs: Int)
        /// The remote handler said no.
        case rejected(message: String?)
        case failed(ErrorCode)
    }

    var target: SessionID
    var result: Result

    init(_ target: SessionID, _ result: Result) {
        self.target = target
        self.result = result
    }
}

/// The receipts of one message to a room: complete when everybody who was in the room at its acceptance is accounted for.
struct RoomReceipt {
    private var members: Set<SessionID>?
    private var delivered: [SessionID] = []
    private var failed: [(SessionID, ErrorCode)] = []

    /// The room has told who it was for.
    mutating func expect(_ members: [SessionID]) { self.members = Set(members) }

    mutating func add(_ outcome: ReceiptOutcome) {
        switch outcome.result {
        case .sent, .delivered, .applied: delivered.append(outcome.target)
        case .rejected: failed.append((outcome.target, .remoteRejected))
        case .failed(let code): failed.append((outcome.target, code))
        }
    }

    /// The ack of the sender, nil while somebody is missing.
    var answer: JSON? {
        guard let members, delivered.count + failed.count >= members.count else { return nil }
        return [
            "ok": true, "status": failed.isEmpty ? "delivered" : "partial",
            "delivered": .array(delivered.map { .string($0.description) }), "queued": [],
            "failed": .array(failed.map { ["peerId": .string($0.description), "code": .string($1.rawValue)] }),
        ]
    }
}

/// The open receipts of one target. A slot is named by the token that its ack carries.
struct ReceiptTable {
    private var slots: [Receipt?] = []
    private var free: [Int] = []
    private(set) var count = 0

    mutating func open(_ receipt: Receipt) -> Int {
        count += 1
        if let slot = free.popLast() {
            slots[slot] = receipt
            return slot
        }
        slots.append(receipt)
        return slots.count - 1
    }

    mutating func setAckID(_ id: Int, of slot: Int) { slots[slot]?.ackID = id }

    mutating func close(_ slot: Int) -> Receipt? {
        guard slots.indices.contains(slot), let receipt = slots[slot] else { return nil }
        slots[slot] = nil
        free.append(slot)
        count -= 1
        return receipt
    }

    /// Takes out those that `matches` names.
    mutating func close(where matches: (Receipt) -> Bool) -> [Receipt] {
        slots.indices.filter { slots[$0].map(matches) ?? false }.compactMap { close($0) }
    }
}

/// Looks at the open receipts of a loop's peers every so often. A receipt may be given up this much late, which nobody
/// minds, and a relay arms no timer. Confined to the loop.
final class ReceiptClock {
    private static let interval = TimeAmount.milliseconds(50)

    private unowned let loop: SignalingLoop
    private var watched: [Peer] = []
    private var isTicking = false

    init(_ loop: SignalingLoop) { self.loop = loop }

    /// The peer has an open receipt, and had none before.
    func watch(_ peer: Peer) {
        guard !peer.isWatched else { return }
        peer.isWatched = true
        watched.append(peer)
        tickLater()
    }

    private func tickLater() {
        guard !isTicking else { return }
        isTicking = true
        loop.eventLoop.assumeIsolated().scheduleTask(in: Self.interval) { self.tick() }
    }

    private func tick() {
        isTicking = false
        let now = loop.eventLoop.now
        watched.removeAll { peer in
            peer.giveUpOverdue(now)
            peer.isWatched = peer.hasOpenReceipts
            return !peer.isWatched
        }
        if !watched.isEmpty { tickLater() }
    }
}
