// SPDX-License-Identifier: Apache-2.0
internal import NIOConcurrencyHelpers
internal import NIOCore
internal import NIOPosix
internal import ParleyTLS

/// Hashes passwords on a thread of its own, a bounded number at a time. One for all loops.
final class SlowHashing: Sendable {
    /// Passwords that may wait; a wait of a few seconds at most.
    private static let maxWaiting = 64

    private let pool = NIOThreadPool(numberOfThreads: 1)
    private let waiting = NIOLockedValueBox(0)

    init() { pool.start() }

    deinit { pool.shutdownGracefully { _ in } }

    /// Runs `work` off the loops and hands its result to `then` on `loop`. False when too much waits already.
    func run<Value: Sendable>(
        _ work: @escaping @Sendable () -> Value, on loop: any EventLoop, then: @escaping @Sendable (Value) -> Void
    ) -> Bool {
        run(work) { value in loop.execute { then(value) } }
    }

    /// The result of `work`, found off the loops; nil when too much waits already.
    func run<Value: Sendable>(_ work: @escaping @Sendable () -> Value) async -> Value? {
        await withCheckedContinuation { continuation in
            if !run(work, then: { continuation.resume(returning: $0) }) { continuation.resume(returning: nil) }
        }
    }

    private func run<Value: Sendable>(
        _ work: @escaping @Sendable () -> Value, then: @escaping @Sendable (Value) -> Void
    ) -> Bool {
        let isAdmitted = waiting.withLockedValue { count in
            guard count < Self.maxWaiting else { return false }
            count += 1
            return true
        }
        guard isAdmitted else { return false }
        pool.submit { [waiting] _ in
            let value = work()
            waiting.withLockedValue { $0 -= 1 }
            then(value)
        }
        return true
    }
}
