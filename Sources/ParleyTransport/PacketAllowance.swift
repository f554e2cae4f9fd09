// SPDX-License-Identifier: Apache-2.0
internal import NIOCore

/// How many packets one session may still send: a bucket that refills by the second and holds two seconds' worth.
struct PacketAllowance {
    private let perSecond: Int
    private var left: Int
    private var since: NIODeadline?

    /// What the session that a request opens is allowed.
    init(for request: HTTPRequest, _ configuration: TransportConfiguration) {
        let isLoopback = request.remoteAddress.hasPrefix("127.") || request.remoteAddress == "::1"
        self.init(
            perSecond: isLoopback ? configuration.maxPacketsPerSecondOfLoopback : configuration.maxPacketsPerSecond)
    }

    init(perSecond: Int) {
        // More than a packet a microsecond is no limit that anybody could tell from none.
        self.perSecond = min(perSecond, 1_000_000)
        left = self.perSecond * 2
    }

    /// Takes one packet out; false when none is left. The clock is read only when the bucket is empty.
    mutating func takes(at clock: @autoclosure () -> NIODeadline) -> Bool {
        guard perSecond > 0 else { return true }
        let now = since == nil || left == 0 ? clock() : nil
        if let now {
            let elapsed = since.map { (now - $0).nanoseconds } ?? 0
            let earned = min(Int64(perSecond) * 2, elapsed / (1_000_000_000 / Int64(perSecond)))
            if since == nil || earned > 0 { since = now }
            left = min(perSecond * 2, left + Int(earned))
        }
        guard left > 0 else { return false }
        left -= 1
        return true
    }
}
