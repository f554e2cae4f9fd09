// SPDX-License-Identifier: Apache-2.0
internal import NIOCore

/// Tells peers their offsets at the end of a turn, and lets go of old events every few seconds. Confined to its loop.
final class OutboxClock {
    private static let interval = TimeAmount.seconds(5)

    private var due: [Peer] = []
    private var kept: [Peer] = []
    private var isTicking = false

    /// The peer is about to be sent an event that wants no ack.
    func watch(_ peer: Peer) {
        guard !peer.isOffsetDue else { return }
        peer.isOffsetDue = true
        due.append(peer)
        if due.count == 1 { peer.loop.eventLoop.assumeIsolated().execute { self.announce() } }
        guard peer.keptPlace == nil else { return }
        peer.keptPlace = kept.count
        kept.append(peer)
        tickLater(on: peer.loop)
    }

    /// The peer is gone. (Kept until the next tick, those who come and go quickly took memory for five seconds of them.)
    func forget(_ peer: Peer) {
        guard let place = peer.keptPlace.take() else { return }
        let last = kept.removeLast()
        guard last !== peer else { return }
        kept[place] = last
        last.keptPlace = place
    }

    private func announce() {
        var index = 0
        // What is written may end a connection, of which others are told: they join the end of the list.
        while index < due.count {
            let peer = due[index]
            if peer.isOffsetDue { peer.announceOffset() }
            index += 1
        }
        due.removeAll(keepingCapacity: index <= 4096)
    }

    private func tickLater(on loop: SignalingLoop) {
        guard !isTicking else { return }
        isTicking = true
        loop.eventLoop.assumeIsolated().scheduleTask(in: Self.interval) { self.tick(on: loop) }
    }

    private func tick(on loop: SignalingLoop) {
        isTicking = false
        let before = loop.eventLoop.now - loop.configuration.confirmedAfter
        for peer in kept {
            if !peer.isAway { peer.outbox.confirm(before: before) }
            peer.outbox.shrink()
            if peer.outbox.isEmpty || loop.peers[peer.id] !== peer { forget(peer) }
        }
        if !kept.isEmpty { tickLater(on: loop) }
    }
}
