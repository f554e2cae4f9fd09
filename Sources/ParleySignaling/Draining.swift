// SPDX-License-Identifier: Apache-2.0
public import NIOCore
internal import ParleyJSON

/// Going down without a lie: who waits for a confirmation gets it, or hears that there is none.
extension Signaling {
    /// Tells every client that the server goes down (`server:draining`), and waits until nothing that was delivered is
    /// unconfirmed, for `grace` at most. What is then still open is answered as it is: sent, and not confirmed. Peers that
    /// are away are given up. To be called after `SocketIOServer.drain()`, and before `close()`.
    public func drain(within grace: TimeAmount = .seconds(5), reason: String = "shutdown") async {
        let loops = loops.all
        let milliseconds = grace.nanoseconds / 1_000_000
        for loop in loops {
            await Self.run(on: loop) {
                _ = $0.tellEverybody("server:draining", ["reason": .string(reason), "inMs": .int(milliseconds)])
            }
        }
        let end = NIODeadline.now() + grace
        while NIODeadline.now() < end {
            var open = 0
            for loop in loops { open += await Self.run(on: loop) { $0.openReceipts } ?? 0 }
            if open == 0 { break }
            try? await Task.sleep(for: .milliseconds(20))  // a cancelled task only looks more often
        }
        for loop in loops { await Self.run(on: loop) { $0.settleEverything() } }
        // What the loops had to tell each other is told after a turn of each, and answered after another.
        for loop in loops + loops { await Self.run(on: loop) { _ in } }
    }

    /// Nil when the loop has ended.
    @discardableResult
    private static func run<Value: Sendable>(
        on loop: NIOLoopBound<SignalingLoop>, _ body: @escaping @Sendable (SignalingLoop) -> Value
    ) async -> Value? {
        try? await loop.eventLoop.submit { body(loop.value) }.get()
    }
}

extension SignalingLoop {
    /// Deliveries whose ack is waited for.
    fileprivate var openReceipts: Int { peers.all.reduce(0) { $0 + ($1.isAway ? 0 : $1.receipts.waiting) } }

    fileprivate func settleEverything() {
        for peer in peers.all {
            if peer.isAway { peer.release(.serverShutdown) } else { peer.giveUp(at: eventLoop.now) { _ in true } }
        }
    }
}
