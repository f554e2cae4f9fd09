// SPDX-License-Identifier: Apache-2.0
internal import NIOCore

/// The open receipts of one target, by the ack ids under which its client answers. Such an id names a slot and how often
/// that slot was used, so that an ack which comes too late never closes the receipt of another delivery. Pure.
struct ReceiptTable {
    private struct Slot {
        var receipt: Receipt?
        var uses = 0
    }

    /// As many receipts as can be open at a time.
    static let maxCount = 1024
    /// Ids stay below 2^29, which every client can hold, and clear of those that the socket itself gives out.
    private static let maxUses = 1 << 19

    private var slots: [Slot] = []
    private var free: [Int] = []

    var count: Int { slots.count - free.count }
    /// All of them, in no order.
    var open: [Receipt] { slots.compactMap(\.receipt) }
    /// Those whose target may still answer in time.
    var waiting: Int {
        slots.count { slot in if case .waiting = slot.receipt?.state { true } else { false } }
    }

    /// Keeps a receipt and returns its ack id.
    mutating func open(_ receipt: Receipt) -> Int {
        let index = free.popLast() ?? slots.count
        if index == slots.count { slots.append(Slot()) }
        slots[index].receipt = receipt
        return slots[index].uses * Self.maxCount + index
    }

    /// The slot of an open receipt.
    private func slot(_ ackID: Int) -> Int? {
        let index = ackID % Self.maxCount
        guard index >= 0, index < slots.count, slots[index].uses == ackID / Self.maxCount,
            slots[index].receipt != nil
        else { return nil }
        return index
    }

    /// What was delivered under this id.
    func kind(of ackID: Int) -> SignalKind? { slot(ackID).flatMap { slots[$0].receipt?.kind } }

    /// Remembers the number in the outbox of what was delivered under this id.
    mutating func setNumber(_ number: Int, of ackID: Int) {
        if let index = slot(ackID) { slots[index].receipt?.number = number }
    }

    /// Takes a receipt out; nil when it was closed before, or never opened.
    mutating func close(_ ackID: Int) -> Receipt? { slot(ackID).flatMap { take($0) } }

    private mutating func take(_ index: Int) -> Receipt? {
        slots[index].uses = (slots[index].uses + 1) % Self.maxUses
        free.append(index)
        return slots[index].receipt.take()
    }

    /// Takes out those that `matches` names.
    mutating func close(where matches: (Receipt) -> Bool) -> [Receipt] {
        slots.indices.filter { slots[$0].receipt.map(matches) ?? false }.compactMap { take($0) }
    }

    /// When the first of them is overdue.
    var nextDeadline: NIODeadline { slots.reduce(.distantFuture) { min($0, $1.receipt?.deadline ?? .distantFuture) } }

    /// Changes receipts where they are.
    mutating func update(_ change: (inout Receipt) -> Void) {
        for index in slots.indices {
            guard var receipt = slots[index].receipt.take() else { continue }
            change(&receipt)
            slots[index].receipt = receipt
        }
    }
}
