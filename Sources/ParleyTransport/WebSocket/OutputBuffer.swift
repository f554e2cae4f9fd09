// SPDX-License-Identifier: Apache-2.0

/// The frames that one connection is about to send; afterwards those of another. Confined to its loop.
///
/// Plain memory: a `ByteBuffer` asks at each write whether it is its storage's only owner.
final class OutputBuffer {
    private var space = UnsafeMutableRawBufferPointer.allocate(byteCount: 4096, alignment: 16)
    private(set) var count = 0

    deinit { space.deallocate() }

    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: space[0..<count]) }
    var capacity: Int { space.count }

    /// Appends what `body` writes to memory of at least `bound` bytes, as many as it says.
    @inline(__always)
    func append(bound: Int, _ body: (UnsafeMutableRawBufferPointer) -> Int) {
        if space.count - count < bound { grow(to: count + bound) }
        count += body(UnsafeMutableRawBufferPointer(rebasing: space[count..<space.count]))
    }

    func append(_ bytes: UnsafeRawBufferPointer) {
        append(bound: bytes.count) {
            $0.copyMemory(from: bytes)
            return bytes.count
        }
    }

    func append(_ text: String) {
        var text = text
        text.withUTF8 { append(UnsafeRawBufferPointer($0)) }
    }

    func clear() { count = 0 }

    private func grow(to needed: Int) {
        let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: max(needed, space.count * 2), alignment: 16)
        larger.copyMemory(from: bytes)
        space.deallocate()
        space = larger
    }
}
