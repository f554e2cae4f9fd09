// SPDX-License-Identifier: Apache-2.0
internal import NIOCore

/// Looks at the open receipts of a loop's peers when the first of them is overdue. A receipt may be given up a little
/// late, which nobody minds, and a relay arms no timer. Confined to the loop.
final class ReceiptClock {
    /// At most this often.
    private static let interval = TimeAmount.milliseconds(50)

    private var watched: [Peer] = []
    private var tick: Scheduled<Void>?
    private var due = NIODeadline.distantFuture

    /// The peer has a receipt that is to be given up at this time.
    func watch(_ peer: Peer, until deadline: NIODeadline) {
        if !peer.isWatched {
            peer.isWatched = true
            watched.append(peer)
        }
        if deadline < due { schedule(at: deadline, on: peer.loop) }
    }

    private func schedule(at deadline: NIODeadline, on loop: SignalingLoop) {
        tick?.cancel()
        due = deadline
        let soonest = loop.eventLoop.now + Self.interval
        tick = loop.eventLoop.assumeIsolated().scheduleTask(deadline: max(deadline, soonest)) { self.look(on: loop) }
    }

    private func look(on loop: SignalingLoop) {
        due = .distantFuture
        tick = nil
        let now = loop.eventLoop.now
        var next = NIODeadline.distantFuture
        // Peers that come to be watched meanwhile wait for the next look.
        let peers = watched
        watched = []
        for peer in peers {
            peer.isWatched = false
            let deadline = peer.giveUpOverdue(now)
            guard deadline < .distantFuture else { continue }
            next = min(next, deadline)
            guard !peer.isWatched else { continue }
            peer.isWatched = true
            watched.append(peer)
        }
        if next < due { schedule(at: next, on: loop) }
    }
}
