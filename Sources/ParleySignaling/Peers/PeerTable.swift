// SPDX-License-Identifier: Apache-2.0
internal import ParleyEngineIO

/// Peers by ids that this server gave them: open addressing with linear probing, hashed by the ids' own random bits.
///
/// Only ids made here are put in, so a peer cannot choose where they go; a look-up of any id, invented ones included, costs
/// a few instructions. (The keyed hash of a `Dictionary`, against keys that strangers choose, took 30 ns.)
///
/// In memory of its own: two arrays were retained and released for each look.
struct PeerTable<Value: AnyObject>: ~Copyable {
    /// `none` where nothing is; as many as there are `values`, a power of two, at most half of them taken.
    private var ids: UnsafeMutableBufferPointer<SessionID>
    private var values: UnsafeMutableBufferPointer<Value?>
    private(set) var count = 0

    init() { (ids, values) = Self.memory(for: 16) }

    deinit { Self.free(ids, values) }

    subscript(id: SessionID) -> Value? {
        // Where nothing is there is no value either.
        get { values[place(of: id)] }
        set {
            if let newValue { put(newValue, id) } else { remove(id) }
        }
    }

    /// All of them, in no order.
    var all: [Value] { values.compactMap { $0 } }
    /// As many places as there are, taken or not.
    var places: Int { values.count }
    /// Those at some of the places; there may be fewer places by now.
    func values(at places: Range<Int>) -> [Value] { values[places.clamped(to: values.indices)].compactMap { $0 } }

    private func home(of id: SessionID) -> Int { Int(truncatingIfNeeded: id.randomBits) & (ids.count - 1) }

    /// Where an id is, or where it would go.
    private func place(of id: SessionID) -> Int {
        var index = home(of: id)
        while ids[index] != id, ids[index] != .none { index = (index + 1) & (ids.count - 1) }
        return index
    }

    private mutating func put(_ value: Value, _ id: SessionID) {
        guard id != .none else { return }
        if count * 2 >= ids.count { resize(to: ids.count * 2) }
        let index = place(of: id)
        if ids[index] == .none { count += 1 }
        ids[index] = id
        values[index] = value
    }

    private mutating func remove(_ id: SessionID) {
        var hole = place(of: id)
        guard id != .none, ids[hole] == id else { return }
        count -= 1
        // Whoever was put further along because of this one moves up, so that no probe ends too early.
        var index = (hole + 1) & (ids.count - 1)
        while ids[index] != .none {
            let isReachable = (index &- home(of: ids[index])) & (ids.count - 1) >= (index &- hole) & (ids.count - 1)
            if isReachable {
                ids[hole] = ids[index]
                values[hole] = values[index]
                hole = index
            }
            index = (index + 1) & (ids.count - 1)
        }
        ids[hole] = .none
        values[hole] = nil
        if ids.count > 1024, count * 8 < ids.count { resize(to: ids.count / 2) }
    }

    private mutating func resize(to capacity: Int) {
        let (oldIDs, oldValues) = (ids, values)
        (ids, values) = Self.memory(for: capacity)
        for index in oldIDs.indices where oldIDs[index] != .none {
            let place = place(of: oldIDs[index])
            ids[place] = oldIDs[index]
            values[place] = oldValues[index]
        }
        Self.free(oldIDs, oldValues)
    }

    private static func memory(
        for capacity: Int
    ) -> (UnsafeMutableBufferPointer<SessionID>, UnsafeMutableBufferPointer<Value?>) {
        let ids = UnsafeMutableBufferPointer<SessionID>.allocate(capacity: capacity)
        let values = UnsafeMutableBufferPointer<Value?>.allocate(capacity: capacity)
        ids.initialize(repeating: .none)
        values.initialize(repeating: nil)
        return (ids, values)
    }

    private static func free(
        _ ids: UnsafeMutableBufferPointer<SessionID>, _ values: UnsafeMutableBufferPointer<Value?>
    ) {
        ids.deallocate()
        values.deinitialize().deallocate()
    }
}
