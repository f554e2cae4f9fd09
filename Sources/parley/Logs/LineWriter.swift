// SPDX-License-Identifier: Apache-2.0
internal import Dispatch
internal import NIOConcurrencyHelpers
internal import ParleySocketIO

/// Writes lines to standard error on a thread of its own: who reads there may be slow, and nobody waits for it. What waits
/// is bounded; how many lines were lost is said.
final class LineWriter: Sendable {
    private static let maxWaiting = 4_096

    let format: LogFormat
    /// Work here comes behind the lines that were written before it.
    let queue = DispatchQueue(label: "parley-log")
    private let state = NIOLockedValueBox((waiting: 0, lost: 0))

    init(_ format: LogFormat) { self.format = format }

    /// Writes a line that must not be lost, however many wait.
    func writeInAnyCase(_ line: String) {
        state.withLockedValue { $0.waiting += 1 }
        queue.async { [self] in writeNow(line) }
    }

    func write(_ line: String) {
        let isTaken = state.withLockedValue { state in
            guard state.waiting < Self.maxWaiting else {
                state.lost += 1
                return false
            }
            state.waiting += 1
            return true
        }
        if isTaken { queue.async { [self] in writeNow(line) } }
    }

    private func writeNow(_ line: String) {
        Console.warn(line)
        let lost = state.withLockedValue { state in
            state.waiting -= 1
            defer { state.lost = 0 }
            return state.lost
        }
        guard lost > 0 else { return }
        Console.warn(format.line(.warning, "lines of the log were lost", ["lost": .int(Int64(lost))]))
    }
}
