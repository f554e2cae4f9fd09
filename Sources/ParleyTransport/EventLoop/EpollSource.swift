// SPDX-License-Identifier: Apache-2.0

/// Something with a descriptor that an `EpollLoop` watches. Confined to the loop.
class EpollSource {
    let descriptor: CInt

    init(descriptor: CInt) { self.descriptor = descriptor }

    /// The descriptor is ready for some of what it is watched for, or is broken.
    func ready(_ events: UInt32) {}

    /// The loop ends: closes the descriptor.
    func loopEnds() {}
}

/// The sources of a loop by descriptor.
///
/// Each registration has a generation, which comes back with its events: an event for a descriptor that was closed, and
/// perhaps opened again, since the kernel reported it belongs to nobody.
struct SourceTable: ~Copyable {
    private struct Slot {
        var source: Unmanaged<EpollSource>?
        var generation: UInt32 = 0
    }

    private var slots = UnsafeMutableBufferPointer<Slot>.allocate(capacity: 0)

    deinit {
        for slot in slots { slot.source?.release() }
        slots.deallocate()
    }

    /// Takes in a source and returns what its events are to carry.
    mutating func insert(_ source: EpollSource) -> UInt64 {
        let index = Int(source.descriptor)
        if index >= slots.count { grow(to: max(64, index + 1, slots.count * 2)) }
        slots[index].source?.release()
        slots[index].source = Unmanaged.passRetained(source)
        slots[index].generation &+= 1
        return UInt64(slots[index].generation) << 32 | UInt64(index)
    }

    /// The mark of a source that is in the table.
    func mark(of source: EpollSource) -> UInt64 {
        UInt64(slots[Int(source.descriptor)].generation) << 32 | UInt64(source.descriptor)
    }

    mutating func remove(_ source: EpollSource) {
        let index = Int(source.descriptor)
        guard index < slots.count, slots[index].source?.toOpaque() == Unmanaged.passUnretained(source).toOpaque()
        else { return }
        slots[index].source = nil
        Unmanaged.passUnretained(source).release()
    }

    /// Whom an event with this mark is for; nil when it is stale.
    @inline(__always)
    func source(_ mark: UInt64) -> EpollSource? {
        let index = Int(truncatingIfNeeded: mark & 0xFFFF_FFFF)
        guard index < slots.count, slots[index].generation == UInt32(truncatingIfNeeded: mark >> 32) else { return nil }
        return slots[index].source?.takeUnretainedValue()
    }

    var all: [EpollSource] { slots.compactMap { $0.source?.takeUnretainedValue() } }

    private mutating func grow(to count: Int) {
        let larger = UnsafeMutableBufferPointer<Slot>.allocate(capacity: count)
        larger.initialize(repeating: Slot())
        for index in slots.indices { larger[index] = slots[index] }
        slots.deallocate()
        slots = larger
    }
}
