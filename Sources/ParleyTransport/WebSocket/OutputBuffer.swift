// SPDX-License-Identifier: Apache-2.0

/// The frames that one connection is about to send.
///
/// Plain memory with one owner: a `ByteBuffer` asks at each write whether it is that, and a class counts its references.
struct OutputBuffer: ~Copyable {
    private var space: UnsafeMutableRawBufferPointer
    private(set) var count = 0

    init() { space = .allocate(byteCount: 4096, alignment: 16) }

    /// An empty one in the memory of another.
    init(in space: UnsafeMutableRawBufferPointer) { self.space = space }

    deinit { space.deallocate() }

    /// Gives its memory to whoever deallocates it, or makes another of it.
    consuming func giveUp() -> UnsafeMutableRawBufferPointer {
        let space = space
        discard self
        return space
    }

    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: space[0..<count]) }
    var capacity: Int { space.count }

    /// Appends what `body` writes to memory of at least `bound` bytes, as many as it says.
    @inline(__always)
    mutating func append(bound: Int, _ body: (UnsafeMutableRawBufferPointer) -> Int) {
        if space.count - count < bound { grow(to: count + bound) }
        count += body(UnsafeMutableRawBufferPointer(rebasing: space[count..<space.count]))
    }

    mutating func append(_ bytes: UnsafeRawBufferPointer) {
        append(bound: bytes.count) {
            $0.copyMemory(from: bytes)
            return bytes.count
        }
    }

    mutating func append(_ text: String) {
        var text = text
        text.withUTF8 { append(UnsafeRawBufferPointer($0)) }
    }

    private mutating func grow(to needed: Int) {
        let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: max(needed, space.count * 2), alignment: 16)
        larger.copyMemory(from: bytes)
        space.deallocate()
        space = larger
    }
}
