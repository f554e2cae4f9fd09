// SPDX-License-Identifier: Apache-2.0

/// What one loop has counted since the server began. Plain numbers of the loop's own, added up when somebody asks: a relay
/// costs a few increments. (A registry that is shared, such as that of swift-metrics, would cost it an atomic operation or
/// a lock for each of them.)
package struct RelayCounts: Sendable {
    private var relays = Array(repeating: 0, count: SignalKind.allCases.count)
    private var sent = 0, delivered = 0, applied = 0, rejected = 0, queued = 0, timedOut = 0
    // Those that are there from the start are the usual ones.
    private var failures: [ErrorCode: Int] = [.peerLeft: 0, .peerNotFound: 0, .queueFull: 0]
    private var settlements: [Settlement.Status: Int] = [:]
    /// From the write of a delivery to its ack in time.
    package internal(set) var latency = Histogram(
        upTo: [0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000])
    /// Peers that have come back as those they were.
    package internal(set) var resumed = 0
    /// Clients that wanted to, and were let in as newcomers.
    package internal(set) var resumesRefused = 0
    /// Peers that were waited for in vain.
    package internal(set) var resumesExpired = 0

    // MARK: Counting

    /// A signal goes on to one peer, or is kept for it.
    mutating func relayed(_ kind: SignalKind) { relays[Int(kind.rawValue)] += 1 }

    /// A sender that waits is told what became of its signal with one peer.
    mutating func receipted(_ result: ReceiptOutcome.Result) {
        switch result {
        case .sent: sent += 1
        case .delivered: delivered += 1
        case .applied: applied += 1
        case .rejected: rejected += 1
        case .queued: queued += 1
        case .unacknowledged: timedOut += 1
        case .failed(let code): refused(code)
        }
    }

    /// A sender that waits is told that its signal goes nowhere.
    mutating func refused(_ code: ErrorCode) { failures[code, default: 0] += 1 }

    /// More has become known of a signal after its answer.
    mutating func settled(_ status: Settlement.Status) { settlements[status, default: 0] += 1 }

    static func += (left: inout RelayCounts, right: RelayCounts) {
        for (index, count) in right.relays.enumerated() { left.relays[index] += count }
        left.sent += right.sent
        left.delivered += right.delivered
        left.applied += right.applied
        left.rejected += right.rejected
        left.queued += right.queued
        left.timedOut += right.timedOut
        left.failures.merge(right.failures, uniquingKeysWith: +)
        left.settlements.merge(right.settlements, uniquingKeysWith: +)
        left.latency += right.latency
        left.resumed += right.resumed
        left.resumesRefused += right.resumesRefused
        left.resumesExpired += right.resumesExpired
    }

    // MARK: By name

    /// By the event's name.
    package var relaysByType: [(String, Int)] { SignalKind.allCases.map { ("\($0.name)", relays[Int($0.rawValue)]) } }

    /// By the status of the ack, or the code of its error.
    package var receiptsByOutcome: [(String, Int)] {
        [
            ("sent", sent), ("delivered", delivered), ("applied", applied), ("rejected", rejected),
            ("queued", queued), ("timeout", timedOut),
        ] + failures.map { ($0.key.rawValue, $0.value) }.sorted { $0.0 < $1.0 }
    }

    /// By the status of the `receipt` event.
    package var settlementsByStatus: [(String, Int)] {
        Settlement.Status.allCases.map { ($0.rawValue, settlements[$0] ?? 0) }
    }
}
