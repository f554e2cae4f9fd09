// SPDX-License-Identifier: Apache-2.0
public import NIOCore

/// Writes the text of one packet straight into memory.
///
/// A relayed packet is a dozen small pieces around one large one; appending each to a `ByteBuffer`, with its checks for
/// uniqueness and room, took a fifth of the time of a relay. Here room is made once, for an upper bound of the whole.
///
/// Inlinable: closures that write a packet live in other modules.
@usableFromInline package struct PacketWriter {
    @usableFromInline let space: UnsafeMutableRawBufferPointer
    /// The bytes that are written.
    @usableFromInline package var count = 0

    /// Writes to memory of somebody else.
    @inlinable package init(_ space: UnsafeMutableRawBufferPointer) { self.space = space }

    /// Appends a byte.
    @inlinable @inline(__always) package mutating func write(_ byte: UInt8) {
        space[count] = byte
        count += 1
    }

    /// Appends a text of the program.
    @inlinable @inline(__always) package mutating func write(_ text: StaticString) {
        write(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    /// Appends bytes; none when they are more than there is room for.
    @inlinable @inline(__always) package mutating func write(_ bytes: UnsafeRawBufferPointer) {
        // Checked, as the subscript of a buffer is not in optimised code.
        guard let source = bytes.baseAddress, let target = space.baseAddress, count + bytes.count <= space.count else {
            return assert(bytes.isEmpty, "the bound was too small")
        }
        (target + count).copyMemory(from: source, byteCount: bytes.count)
        count += bytes.count
    }

    /// Appends a text as it is, unlike a literal not known beforehand.
    package mutating func write(text: String) {
        var text = text
        text.withUTF8 { write(UnsafeRawBufferPointer($0)) }
    }

    /// Appends the readable bytes.
    @inlinable package mutating func write(_ buffer: ByteBuffer) { buffer.withUnsafeReadableBytes { write($0) } }

    /// Appends the written form of an id.
    @inlinable package mutating func write(_ id: SessionID) {
        id.write(into: UnsafeMutableRawBufferPointer(rebasing: space[count..<count + SessionID.length]))
        count += SessionID.length
    }

    /// Appends a number that is not negative, in decimal.
    @inlinable package mutating func write(_ number: Int) {
        guard number >= 10 else { return write(UInt8(truncatingIfNeeded: 0x30 + number)) }
        var rest = UInt(bitPattern: number)
        var digits = 0
        repeat {
            rest /= 10
            digits += 1
        } while rest > 0
        rest = UInt(bitPattern: number)
        for index in (0..<digits).reversed() {
            space[count + index] = UInt8(truncatingIfNeeded: 0x30 + rest % 10)
            rest /= 10
        }
        count += digits
    }
}

/// Memory for one packet after the other. Confined to whoever owns it.
@usableFromInline package final class PacketSpace {
    @usableFromInline var space = UnsafeMutableRawBufferPointer.allocate(byteCount: 4096, alignment: 16)
    @usableFromInline var count = 0

    @inlinable package init() {}

    @inlinable deinit { space.deallocate() }

    /// The packet. Good until the next one is written, so whoever is given it reads it before calling anybody who may.
    @inlinable @inline(__always) package var bytes: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: space.baseAddress, count: count)
    }

    /// Holds one packet instead of what it held. `bound` is at least as many bytes as `body` writes.
    @inlinable @inline(__always) package func write(bound: Int, _ body: (inout PacketWriter) -> Void) {
        if space.count < bound { resize(to: bound) }
        var writer = PacketWriter(space)
        body(&writer)
        count = writer.count
    }

    @usableFromInline func resize(to bound: Int) {
        space.deallocate()
        space = .allocate(byteCount: bound, alignment: 16)
    }
}
