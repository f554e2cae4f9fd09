// SPDX-License-Identifier: Apache-2.0

/// Bytes that come at one end and go at the other, in one piece of memory with one owner. None while it never held any.
///
/// A place is counted from the first byte that was ever put in. (A `ByteBuffer` in its stead took 300 instructions more
/// for each signal that is kept.)
struct ByteQueue: ~Copyable {
    private var space = UnsafeMutableRawBufferPointer(start: nil, count: 0)
    private var first = 0
    private var count = 0
    /// The place of the first byte that is here.
    private(set) var start = 0

    deinit { space.deallocate() }

    /// The place of the next byte.
    var end: Int { start + count }

    var capacity: Int { space.count }

    mutating func append(_ bytes: UnsafeRawBufferPointer) {
        append(bound: bytes.count) { space in
            space.copyMemory(from: bytes)
            return bytes.count
        }
    }

    /// Puts in what `body` writes to memory of at least `bound` bytes, as many as it says.
    @inline(__always)
    mutating func append(bound: Int, _ body: (UnsafeMutableRawBufferPointer) -> Int) {
        if space.count - first - count < bound { makeRoom(for: bound) }
        count += body(UnsafeMutableRawBufferPointer(rebasing: space[(first + count)...]))
    }

    /// Lets go of what is in front of a place.
    mutating func drop(to place: Int) {
        let dropped = min(max(0, place - start), count)
        start += dropped
        first += dropped
        count -= dropped
        if count == 0 { first = 0 }
    }

    /// What stands at these places, as far as it is here. Good until more is put in.
    subscript(_ places: Range<Int>) -> UnsafeRawBufferPointer {
        let here = places.clamped(to: start..<end)
        let offset = first + here.lowerBound - start
        return UnsafeRawBufferPointer(rebasing: space[offset..<offset + here.count])
    }

    /// Gives back its memory, and what is in it.
    mutating func clear() {
        drop(to: end)
        space.deallocate()
        space = UnsafeMutableRawBufferPointer(start: nil, count: 0)
    }

    /// Moves up when half of the memory is free, so that no byte is moved more often than others come.
    private mutating func makeRoom(for more: Int) {
        let bytes = UnsafeRawBufferPointer(rebasing: space[first..<first + count])
        if (count + more) * 2 <= space.count {
            space.copyMemory(from: bytes)
        } else {
            let larger = UnsafeMutableRawBufferPointer.allocate(
                byteCount: max(count + more, space.count * 2), alignment: 16)
            larger.copyMemory(from: bytes)
            space.deallocate()
            space = larger
        }
        first = 0
    }
}
