// SPDX-License-Identifier: Apache-2.0
import NIOCore
import Testing

@testable import ParleySignaling

@Suite("What is counted")
struct MetricsTests {
    @Test("A duration falls into the first bucket whose bound it does not exceed")
    func buckets() {
        var histogram = Histogram(upTo: [0.5, 1, 10])
        for microseconds in [0, 500, 501, 1_000, 10_000, 10_001, 60_000_000] as [Int64] {
            histogram.observe(.microseconds(microseconds))
        }
        #expect(histogram.buckets.map(\.upTo) == [0.0005, 0.001, 0.01, .infinity])
        #expect(histogram.buckets.map(\.count) == [2, 4, 5, 7])
        #expect(histogram.count == 7)
        #expect(abs(histogram.sum - 60.022002) < 1e-9)
        var twice = histogram
        twice += histogram
        #expect(twice.buckets.map(\.count) == [4, 8, 10, 14])
        #expect(abs(twice.sum - 2 * histogram.sum) < 1e-9)
    }

    @Test("Each outcome and each kind has a count of its own, and loops are added up")
    func adding() {
        var counts = RelayCounts()
        for (number, kind) in SignalKind.allCases.enumerated() { for _ in 0...number { counts.relayed(kind) } }
        let results: [ReceiptOutcome.Result] = [
            .sent, .delivered(tookMs: 1), .applied(tookMs: 1), .rejected(message: nil),
            .queued(expiresInMs: 1, mid: nil), .unacknowledged(mid: "m"), .failed(.peerLeft),
        ]
        for (number, result) in results.enumerated() { for _ in 0...number { counts.receipted(result) } }
        counts.refused(.forbidden)
        counts.settled(.expired)
        counts.latency.observe(.seconds(1))
        counts.resumed = 1
        counts.resumesRefused = 2
        counts.resumesExpired = 3
        var sum = RelayCounts()
        sum += counts
        sum += counts
        #expect(sum.relaysByType.map(\.1) == SignalKind.allCases.indices.map { 2 * ($0 + 1) })
        #expect(sum.relaysByType.first?.0 == "offer")
        let outcomes = Dictionary(uniqueKeysWithValues: sum.receiptsByOutcome)
        #expect(
            outcomes == [
                "sent": 2, "delivered": 4, "applied": 6, "rejected": 8, "queued": 10, "timeout": 12, "peer_left": 14,
                "peer_not_found": 0, "queue_full": 0, "forbidden": 2,
            ])
        #expect(sum.settlementsByStatus.filter { $0.1 > 0 }.map(\.0) == ["expired"])
        #expect(sum.latency.count == 2)
        #expect((sum.resumed, sum.resumesRefused, sum.resumesExpired) == (2, 4, 6))
    }
}
