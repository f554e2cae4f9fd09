// SPDX-License-Identifier: Apache-2.0
internal import NIOCore
internal import ParleyEngineIO

/// The mail that a loop has for the others, until the end of its turn.
struct LoopPost {
    /// As much memory is kept for the next turns; more is given back.
    private static let maxSpareBytes = 4 << 20

    /// By the loop that they are for.
    private var outgoing: [MailBag?]
    /// Bags of others that have been read.
    private var spare: [MailBag] = []
    private var spareBytes = 0
    private var isDue = false

    init(count: Int) { outgoing = Array(repeating: nil, count: count) }

    /// Puts mail down for a loop. True when it is the first of the turn, so that `deliver` has to be called at its end.
    mutating func add(_ mail: LoopMail, to loop: Int) -> Bool { add(to: loop) { _ in mail } }

    /// The same for a signal, whose members are copied.
    mutating func add(_ signal: Signal, _ members: SignalMembers, to target: SessionID, in room: RoomName?) -> Bool {
        add(to: target.loop) { .signal(signal, to: target, in: room, members: $0.keep(members)) }
    }

    @inline(__always)
    private mutating func add(to loop: Int, _ mail: (MailBag) -> LoopMail) -> Bool {
        // An id that a peer has invented may name a loop that there is not.
        guard outgoing.indices.contains(loop) else { return false }
        let bag = outgoing[loop] ?? emptyBag()
        outgoing[loop] = bag
        bag.mail.append(mail(bag))
        defer { isDue = true }
        return !isDue
    }

    private mutating func emptyBag() -> MailBag {
        guard let bag = spare.popLast() else { return MailBag() }
        spareBytes -= bag.capacity
        return bag
    }

    /// Takes it to the loops. Notices of a join are handed over before the joiner's ack: the home's own order of posting
    /// would be lost if the joiner's loop, handed its mail first, were faster than the hand-over to the next. So whoever
    /// lets a peer in comes last.
    mutating func deliver(to colleagues: [NIOLoopBound<SignalingLoop>]) {
        isDue = false
        let order = outgoing.indices.filter { outgoing[$0] != nil }.sorted { left, right in
            outgoing[left]?.mail.holdsAck == false && outgoing[right]?.mail.holdsAck == true
        }
        for loop in order {
            guard let bag = outgoing[loop].take() else { continue }
            let colleague = colleagues[loop]
            colleague.eventLoop.execute { colleague.value.received(bag) }
        }
    }

    /// Keeps a bag that has been read for mail of one's own: no more of them than there are loops.
    mutating func reuse(_ bag: MailBag) {
        bag.empty()
        guard spare.count < outgoing.count, spareBytes + bag.capacity <= Self.maxSpareBytes else { return }
        spareBytes += bag.capacity
        spare.append(bag)
    }
}

/// What one loop has for another in one turn. Whoever holds it alone may change it: first the sender, then the reader.
final class MailBag: @unchecked Sendable {
    var mail: [LoopMail] = []
    /// The members of its signals. Memory for each, taken on one loop and given back on another, took 780 instructions more.
    private var bytes = ByteQueue()

    /// In bytes.
    var capacity: Int { bytes.capacity + mail.capacity * MemoryLayout<LoopMail>.stride }

    func keep(_ members: SignalMembers) -> Range<Int> {
        let start = bytes.end
        bytes.append(bound: members.count) {
            var writer = PacketWriter($0)
            members.write(to: &writer)
            return writer.count
        }
        return start..<bytes.end
    }

    /// Good as long as the bag is neither filled nor emptied.
    func members(at places: Range<Int>) -> SignalMembers { SignalMembers(joined: bytes[places]) }

    func empty() {
        mail.removeAll(keepingCapacity: true)
        bytes.drop(to: bytes.end)
    }
}
