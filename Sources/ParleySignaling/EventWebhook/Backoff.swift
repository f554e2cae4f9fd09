// SPDX-License-Identifier: Apache-2.0
internal import Foundation

/// How long to wait before a further try. Pure.
enum Backoff {
    private static let longest = 60.0

    /// Seconds: one, then twice as many after each try, a minute at most; and up to half of them less by chance, so that
    /// several servers do not come back as one.
    /// - Parameters:
    ///   - tries: how many have failed, from 1.
    ///   - chance: 0 to 1.
    static func pause(after tries: Int, chance: Double) -> Double {
        min(longest, pow(2, Double(tries - 1))) * (1 - 0.5 * chance)
    }
}
