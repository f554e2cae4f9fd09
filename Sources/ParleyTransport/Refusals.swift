// SPDX-License-Identifier: Apache-2.0
internal import NIOConcurrencyHelpers

/// For what a client is refused, or its connection ended, below the application.
package enum Refused: String, Sendable, CaseIterable {
    // Connections
    case connections, connectionsOfAddress = "connections_of_address", tls
    // HTTP
    case request, requestHead = "request_head", requestBody = "request_body", slowRequest = "slow_request", origin
    // WebSocket
    case frame, text, messageSize = "message_size", fragments
    // Sessions
    case packet, packetRate = "packet_rate", slowConsumer = "slow_consumer"
    // Socket.IO
    case connectTimeout = "connect_timeout", connects, attachments, attachmentTimeout = "attachment_timeout"
}

/// How often that happened, and how often requests failed by which code. One for all loops: these are no hot paths, and a
/// flood of refusals may wait for a lock.
package final class RefusalCounts: Sendable {
    private struct Counts {
        var refused = Dictionary(uniqueKeysWithValues: Refused.allCases.map { ($0.rawValue, 0) })
        var failed: [String: Int] = [:]
    }

    private let counts = NIOLockedValueBox(Counts())

    package init() {}

    package func count(_ refused: Refused) { counts.withLockedValue { $0.refused[refused.rawValue, default: 0] += 1 } }

    /// - Parameter code: one of a fixed few.
    package func countFailure(_ code: String) { counts.withLockedValue { $0.failed[code, default: 0] += 1 } }

    /// By reason or code, sorted.
    package var all: (refused: [(String, Int)], failed: [(String, Int)]) {
        let now = counts.withLockedValue { $0 }
        return (now.refused.sorted { $0.key < $1.key }, now.failed.sorted { $0.key < $1.key })
    }
}
