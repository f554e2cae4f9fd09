// SPDX-License-Identifier: Apache-2.0
internal import NIOCore

/// What the signaling of one loop, or of all, holds at present and has done.
package struct SignalingFigures: Sendable {
    package fileprivate(set) var counts = RelayCounts()
    package fileprivate(set) var occupiedRooms = 0
    /// Rooms that outlive their last member.
    package fileprivate(set) var emptyRooms = 0
    package fileprivate(set) var peersHere = 0
    package fileprivate(set) var peersAway = 0
    package fileprivate(set) var queues = QueueDepths()
    /// How late each loop comes to what is due, by its index.
    package fileprivate(set) var lag: [Histogram] = []

    fileprivate init() {}

    fileprivate static func += (left: inout SignalingFigures, right: SignalingFigures) {
        left.counts += right.counts
        left.occupiedRooms += right.occupiedRooms
        left.emptyRooms += right.emptyRooms
        left.peersHere += right.peersHere
        left.peersAway += right.peersAway
        left.queues += right.queues
        left.lag += right.lag
    }
}

/// What waits for peers.
package struct QueueDepths: Sendable {
    /// Deliveries whose ack may still come.
    package fileprivate(set) var openReceipts = 0
    /// Events that clients may not have got, and their bytes.
    package fileprivate(set) var outboxEvents = 0
    package fileprivate(set) var outboxBytes = 0

    fileprivate static func += (left: inout QueueDepths, right: QueueDepths) {
        left.openReceipts += right.openReceipts
        left.outboxEvents += right.outboxEvents
        left.outboxBytes += right.outboxBytes
    }
}

extension SignalingLoop {
    /// All but the queues.
    fileprivate var figures: SignalingFigures {
        lag.watch(eventLoop)
        var figures = SignalingFigures()
        figures.counts = relayCounts
        figures.emptyRooms = directory.emptyRooms
        figures.occupiedRooms = directory.count - directory.emptyRooms
        figures.peersAway = absences.count
        figures.peersHere = peers.count - absences.count
        figures.lag = [lag.histogram]
        return figures
    }

    fileprivate func queues(ofPeersAt places: Range<Int>) -> QueueDepths {
        var queues = QueueDepths()
        for peer in peers.values(at: places) {
            queues.openReceipts += peer.receipts.count
            queues.outboxEvents += peer.outbox.count
            queues.outboxBytes += peer.outbox.size
        }
        return queues
    }
}

extension Signaling {
    /// The figures of all loops.
    package func figures() async -> SignalingFigures { await loops.figures() }
}

extension SignalingLoops {
    /// Places of a loop's table of peers that are looked at in one turn: about a thousand peers, a millisecond.
    private static let step = 2_048

    /// Gathers the figures of all loops; of those that have ended there are none. Peers that come while their loop is asked
    /// may be missing in the queues.
    func figures() async -> SignalingFigures {
        var all = SignalingFigures()
        for loop in self.all {
            let answer = loop.eventLoop.submit { (loop.value.figures, loop.value.peers.places) }
            guard let (figures, places) = try? await answer.get() else { continue }
            all += figures
            for start in stride(from: 0, to: places, by: Self.step) {
                let answer = loop.eventLoop.submit { loop.value.queues(ofPeersAt: start..<start + Self.step) }
                if let queues = try? await answer.get() { all.queues += queues }
            }
        }
        return all
    }
}
