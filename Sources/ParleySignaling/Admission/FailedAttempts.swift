// SPDX-License-Identifier: Apache-2.0
internal import NIOCore
internal import ParleyTransport

/// Failed authentications by address: after a few, each further one has to wait twice as long. Pure.
struct FailedAttempts {
    private struct Record {
        var count: Int
        var last: NIODeadline
    }

    /// How long the last failure of an address is remembered, and the longest wait.
    static let window = TimeAmount.minutes(10)
    static let maxAddresses = 10_000

    /// Failures that cost nothing.
    let allowed: Int
    private var records: [AddressKey: Record] = [:]

    /// How many addresses are remembered.
    var count: Int { records.count }

    init(allowed: Int) { self.allowed = allowed }

    /// Counts an attempt as failed, before its outcome is known: many at once are as many. Returns how long the address
    /// has to wait instead, in milliseconds.
    mutating func begin(_ address: AddressKey, at now: NIODeadline) -> Int? {
        guard var record = records[address], now - record.last < Self.window else {
            makeRoom(at: now)
            records[address] = Record(count: 1, last: now)
            return nil
        }
        if record.count >= allowed {
            let doublings = min(record.count - allowed, 10)
            let wait = min(.seconds(1 << Int64(doublings)), Self.window) - (now - record.last)
            if wait > .zero { return Int(wait.nanoseconds / 1_000_000) + 1 }
        }
        record.count += 1
        record.last = now
        records[address] = record
        return nil
    }

    /// An attempt that was begun has not failed.
    mutating func undo(_ address: AddressKey) {
        guard let count = records[address]?.count else { return }
        if count > 1 { records[address]?.count = count - 1 } else { records[address] = nil }
    }

    /// A table that is full forgets the old, then those who have not failed too often, then everybody.
    private mutating func makeRoom(at now: NIODeadline) {
        guard records.count >= Self.maxAddresses else { return }
        records = records.filter { now - $0.value.last < Self.window }
        guard records.count >= Self.maxAddresses else { return }
        records = records.filter { $0.value.count >= allowed }
        if records.count >= Self.maxAddresses { records = [:] }
    }
}
