// SPDX-License-Identifier: Apache-2.0
internal import DequeModule
internal import NIOCore

/// What one client was sent and may not have got: events in their order, kept until the client is known to have them, and
/// sent again when it comes back over another connection. Pure.
///
/// Each event has a number. The client names the last one that it has got (its *offset*); an event that wants an ack is
/// known to have arrived by that alone.
struct Outbox: ~Copyable {
    private struct Entry {
        var number: Int
        /// Its place in `bytes`.
        var start: Int
        var at: NIODeadline
        var count: Int32
        /// The bytes of its attachments.
        var attached: Int32 = 0
        /// Whether a receipt waits for the client's ack.
        var wantsAck: Bool
        /// Whether its packet is the next of `shared`.
        var isShared = false
        var isDone = false

        var size: Int { Int(count) + Int(attached) }
    }

    // All of it has to fit into what one connection may queue, with a few packets beside it, when the client comes back.
    static let maxPackets = 448
    static let maxBytes = 896 * 1024

    private var entries: Deque<Entry> = []
    private var bytes = ByteQueue()
    /// Of the few events that have any.
    private var attachments: [Int: [ByteBuffer]] = [:]
    /// Packets that others keep too, in the order of their entries: a message to a room is not copied for each member.
    private var shared: Deque<KeptBytes> = []
    /// The bytes of all events that are kept.
    private(set) var size = 0
    private var hasReplaced = false
    /// The number of the latest event.
    private(set) var last = 0
    /// The client has all events without ack up to this one.
    private var confirmed = 0
    /// Events up to this one may be lost, because there were too many to keep.
    private var lost = 0

    var isEmpty: Bool { entries.isEmpty }
    /// Events that are kept.
    var count: Int { entries.count }

    /// Whether an event of so many bytes may be kept.
    func hasRoom(for bytes: Int) -> Bool { entries.count < Self.maxPackets && size + bytes <= Self.maxBytes }

    /// Keeps an event and returns its number.
    @discardableResult
    mutating func append(
        _ packet: UnsafeRawBufferPointer, _ attachments: [ByteBuffer], wantsAck: Bool, at now: NIODeadline
    ) -> Int {
        add(packet.count, attachments, wantsAck: wantsAck, at: now)
        bytes.append(packet)
        return last
    }

    /// Keeps an event that others keep too, and that wants no ack.
    mutating func append(_ packet: KeptBytes, _ attachments: [ByteBuffer], at now: NIODeadline) {
        add(packet.count, attachments, wantsAck: false, isShared: true, at: now)
        shared.append(packet)
    }

    private mutating func add(
        _ count: Int, _ attachments: [ByteBuffer], wantsAck: Bool, isShared: Bool = false, at now: NIODeadline
    ) {
        last += 1
        var entry = Entry(
            number: last, start: bytes.end, at: now, count: Int32(clamping: count), wantsAck: wantsAck,
            isShared: isShared)
        if !attachments.isEmpty { entry.attached = attach(attachments, to: last) }
        size += entry.size
        entries.append(entry)
    }

    private mutating func attach(_ buffers: [ByteBuffer], to number: Int) -> Int32 {
        attachments[number] = buffers.isEmpty ? nil : buffers
        return Int32(clamping: buffers.reduce(0) { $0 + $1.readableBytes })
    }

    /// Makes room by giving up the events without ack. Those who miss one cannot resume.
    mutating func makeRoom() {
        lost = entries.last { !$0.wantsAck }?.number ?? lost
        for entry in entries where !entry.wantsAck && entry.attached > 0 { attachments[entry.number] = nil }
        entries.removeAll { !$0.wantsAck || $0.isDone }
        shared.removeAll(keepingCapacity: true)
        size = entries.reduce(0) { $0 + $1.size }
        settle()
    }

    /// Puts an event in the place of one that has not been delivered. False when that one is not here any more, or was one
    /// with an ack, which the client may have got, and this one has none.
    mutating func replace(_ number: Int, _ packet: UnsafeRawBufferPointer, _ attachments: [ByteBuffer], wantsAck: Bool)
        -> Bool
    {
        guard let index = index(of: number), !entries[index].isDone, !entries[index].isShared,
            wantsAck || !entries[index].wantsAck
        else { return false }
        hasReplaced = true
        size -= entries[index].size
        entries[index].start = bytes.end
        bytes.append(packet)
        entries[index].count = Int32(clamping: packet.count)
        entries[index].attached = attach(attachments, to: number)
        entries[index].wantsAck = wantsAck
        size += entries[index].size
        return true
    }

    /// The client has acked an event, and so has got whatever came before it.
    mutating func acknowledged(_ number: Int) {
        confirmed = max(confirmed, number)
        forget(number)
    }

    /// An event need not be sent again.
    mutating func forget(_ number: Int) {
        guard let index = index(of: number) else { return }
        entries[index].isDone = true
        if entries[index].attached > 0 { attachments[number] = nil }
        settle()
    }

    /// Events sent before `time` have arrived, or the connection would have been found dead.
    mutating func confirm(before time: NIODeadline) {
        guard let index = entries.lastIndex(where: { $0.at < time }) else { return }
        confirmed = max(confirmed, entries[index].number)
        settle()
    }

    /// The client has come back, having got what `offset` says; nil when it had got none. False when what it missed is not
    /// all here.
    mutating func resume(at offset: Int?) -> Bool {
        let seen = max(offset ?? 0, confirmed)
        guard seen >= lost, seen <= last else { return false }
        confirmed = seen
        settle()
        return true
    }

    /// What has to be sent again, in order.
    var missed: [(packet: ByteBuffer, attachments: [ByteBuffer])] {
        var others = shared.makeIterator()
        var missed: [(packet: ByteBuffer, attachments: [ByteBuffer])] = []
        for entry in entries {
            let other = entry.isShared ? others.next() : nil
            guard !entry.isDone, entry.wantsAck || entry.number > confirmed else { continue }
            let packet =
                other?.withUnsafeBytes { ByteBuffer(bytes: $0) }
                ?? ByteBuffer(bytes: bytes[entry.start..<entry.start + Int(entry.count)])
            missed.append((packet, attachments[entry.number] ?? []))
        }
        return missed
    }

    /// Gives memory back that is not used at present.
    mutating func shrink() {
        guard entries.isEmpty else { return }
        entries = []
        shared = []
        bytes.clear()
    }

    // MARK: Inside

    private func index(of number: Int) -> Int? {
        guard let first = entries.first else { return nil }
        // Mostly there are no gaps.
        let guess = number - first.number
        if entries.indices.contains(guess), entries[guess].number == number { return guess }
        return entries.firstIndex { $0.number == number }
    }

    /// Drops what is done from the front, and the bytes that nobody needs.
    private mutating func settle() {
        while let first = entries.first, first.isDone || !first.wantsAck && first.number <= confirmed {
            size -= first.size
            if first.attached > 0 { attachments[first.number] = nil }
            if first.isShared { shared.removeFirst() }
            entries.removeFirst()
        }
        if entries.isEmpty {
            bytes.drop(to: bytes.end)
            size = 0
            hasReplaced = false
            return
        }
        let needed = hasReplaced ? entries.map(\.start).min() : entries.first?.start
        bytes.drop(to: needed ?? bytes.start)
    }
}
