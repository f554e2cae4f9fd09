// SPDX-License-Identifier: Apache-2.0
internal import NIOCore

/// The mail that a loop has for the others, until the end of its turn.
struct LoopPost {
    private var outgoing: [[LoopMail]]
    /// So much there was for each, the last time: room is made for as much at once.
    private var lastCounts: [Int]
    private var isDue = false

    init(count: Int) {
        outgoing = Array(repeating: [], count: count)
        lastCounts = Array(repeating: 0, count: count)
    }

    /// Puts mail down for a loop. True when it is the first of the turn, so that `deliver` has to be called at its end.
    mutating func add(_ mail: LoopMail, to loop: Int) -> Bool {
        // An id that a peer has invented may name a loop that there is not.
        guard outgoing.indices.contains(loop) else { return false }
        if outgoing[loop].isEmpty { outgoing[loop].reserveCapacity(lastCounts[loop]) }
        outgoing[loop].append(mail)
        defer { isDue = true }
        return !isDue
    }

    /// Takes it to the loops. Notices of a join are handed over before the joiner's ack: the home's own order of posting
    /// would be lost if the joiner's loop, handed its mail first, were faster than the hand-over to the next. So whoever
    /// lets a peer in comes last.
    mutating func deliver(to colleagues: [NIOLoopBound<SignalingLoop>]) {
        isDue = false
        let order = outgoing.indices.filter { !outgoing[$0].isEmpty }.sorted {
            !outgoing[$0].holdsAck && outgoing[$1].holdsAck
        }
        for loop in order {
            let batch = outgoing[loop]
            outgoing[loop] = []
            lastCounts[loop] = batch.count
            let colleague = colleagues[loop]
            colleague.eventLoop.execute { for mail in batch { colleague.value.received(mail) } }
        }
    }
}
