// SPDX-License-Identifier: Apache-2.0
internal import NIOCore

/// How often a duration fell between given bounds. Observing allocates nothing.
package struct Histogram: Sendable {
    /// Upper bounds in nanoseconds, ascending; a duration on a bound belongs below it.
    private let bounds: [Int64]
    /// One for each bound, and one for what is beyond them.
    private var counts: [Int]
    /// Seconds of all durations together.
    package private(set) var sum = 0.0

    /// - Parameter milliseconds: the upper bounds, ascending.
    init(upTo milliseconds: [Double]) {
        bounds = milliseconds.map { Int64($0 * 1e6) }
        counts = Array(repeating: 0, count: bounds.count + 1)
    }

    mutating func observe(_ duration: TimeAmount) {
        var index = 0
        while index < bounds.count, duration.nanoseconds > bounds[index] { index += 1 }
        counts[index] += 1
        sum += Double(duration.nanoseconds) / 1e9
    }

    package var count: Int { counts.reduce(0, +) }

    /// The bounds in seconds, the last of them infinite, each with how many durations were not above it.
    package var buckets: [(upTo: Double, count: Int)] {
        var total = 0
        return counts.indices.map { index in
            total += counts[index]
            return (index < bounds.count ? Double(bounds[index]) / 1e9 : .infinity, total)
        }
    }

    /// Adds what another one with the same bounds has counted.
    static func += (left: inout Histogram, right: Histogram) {
        for (index, count) in right.counts.enumerated() { left.counts[index] += count }
        left.sum += right.sum
    }
}
