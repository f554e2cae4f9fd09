// SPDX-License-Identifier: Apache-2.0
internal import NIOCore

/// Looks at the open receipts of a loop's peers every so often. A receipt may be given up this much late, which nobody
/// minds, and a relay arms no timer. Confined to the loop.
final class ReceiptClock {
    private static let interval = TimeAmount.milliseconds(50)

    private var watched: [Peer] = []
    private var isTicking = false

    /// The peer has an open receipt, and had none before.
    func watch(_ peer: Peer) {
        guard !peer.isWatched else { return }
        peer.isWatched = true
        watched.append(peer)
        tickLater(on: peer.loop)
    }

    private func tickLater(on loop: SignalingLoop) {
        guard !isTicking else { return }
        isTicking = true
        loop.eventLoop.assumeIsolated().scheduleTask(in: Self.interval) { self.tick(on: loop) }
    }

    private func tick(on loop: SignalingLoop) {
        isTicking = false
        let now = loop.eventLoop.now
        watched.removeAll { peer in
            peer.giveUpOverdue(now)
            peer.isWatched = peer.receipts.count > 0
            return !peer.isWatched
        }
        if !watched.isEmpty { tickLater(on: loop) }
    }
}
