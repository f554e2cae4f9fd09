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
    /// Deliveries whose ack may still come.
    package fileprivate(set) var openReceipts = 0
    /// Events that clients may not have got, and their bytes.
    package fileprivate(set) var outboxEvents = 0
    package fileprivate(set) var outboxBytes = 0
    /// How late each loop came to what was due, by its index.
    package fileprivate(set) var lag: [Histogram] = []

    fileprivate init() {}

    fileprivate static func += (left: inout SignalingFigures, right: SignalingFigures) {
        left.counts += right.counts
        left.occupiedRooms += right.occupiedRooms
        left.emptyRooms += right.emptyRooms
        left.peersHere += right.peersHere
        left.peersAway += right.peersAway
        left.openReceipts += right.openReceipts
        left.outboxEvents += right.outboxEvents
        left.outboxBytes += right.outboxBytes
        left.lag += right.lag
    }
}

extension SignalingLoop {
    fileprivate var figures: SignalingFigures {
        lag.watch(eventLoop)
        var figures = SignalingFigures()
        figures.counts = relayCounts
        figures.emptyRooms = directory.emptyRooms
        figures.occupiedRooms = directory.count - directory.emptyRooms
        figures.peersAway = absences.count
        figures.peersHere = peers.count - absences.count
        for peer in peers.all {
            figures.openReceipts += peer.receipts.count
            figures.outboxEvents += peer.outbox.count
            figures.outboxBytes += peer.outbox.size
        }
        figures.lag = [lag.histogram]
        return figures
    }
}

extension Signaling {
    /// Gathers the figures of all loops; of those that have ended there are none. Costs each loop a look at its peers.
    package func figures() async -> SignalingFigures {
        var all = SignalingFigures()
        for answer in loops.all.map({ loop in loop.eventLoop.submit { loop.value.figures } }) {
            if let figures = try? await answer.get() { all += figures }
        }
        return all
    }
}
