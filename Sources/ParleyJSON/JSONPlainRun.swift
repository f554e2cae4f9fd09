// SPDX-License-Identifier: Apache-2.0

/// Finds the bytes that matter inside a JSON string: `"`, `\` and control bytes.
enum JSONPlainRun {
    /// The offset of the first quote, backslash or byte below 0x20 in `from..<to`, or `to`.
    ///
    /// Sixteen bytes at a time; never reads outside `0..<to`. `from` is at most `to`.
    @inline(__always)
    static func end(of base: UnsafeRawPointer, from: Int, to: Int) -> Int {
        var offset = from
        while to &- offset >= 16 {
            let found = self.marks(base.loadUnaligned(fromByteOffset: offset, as: SIMD2<UInt64>.self))
            if found[0] | found[1] != 0 {
                return found[0] != 0
                    ? offset &+ found[0].trailingZeroBitCount &>> 3
                    : offset &+ 8 &+ found[1].trailingZeroBitCount &>> 3
            }
            offset &+= 16
        }
        return self.tailEnd(of: base, from: offset, to: to)
    }

    /// As `end`, for fewer than sixteen bytes.
    @inline(__always)
    private static func tailEnd(of base: UnsafeRawPointer, from: Int, to: Int) -> Int {
        var offset = from
        if to &- offset >= 8 {
            let found = self.marks(base.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
            if found != 0 { return offset &+ found.trailingZeroBitCount &>> 3 }
            offset &+= 8
        }
        while offset < to, !self.isMark(base.load(fromByteOffset: offset, as: UInt8.self)) { offset &+= 1 }
        return offset
    }

    @inline(__always)
    private static func isMark(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
    }

    /// As `marks` of one word, for two at once: SSE2 has all of these operations.
    ///
    /// (The comparisons of SIMD16 compile to a loop over the bytes with Swift 6.3, ten to sixty times slower.)
    @inline(__always)
    private static func marks(_ words: SIMD2<UInt64>) -> SIMD2<UInt64> {
        let low = words ^ SIMD2(repeating: self.ones &* 2)
        let backslash = words ^ SIMD2(repeating: self.ones &* UInt64(UInt8(ascii: "\\")))
        // No byte that is a mark has its high bit set, nor after the flips: one mask with `~words` does for both.
        let found = (low &- SIMD2(repeating: self.ones &* 0x21)) | (backslash &- SIMD2(repeating: self.ones))
        return found & ~words & SIMD2(repeating: self.ones &* 0x80)
    }

    /// The high bit of each byte that is a mark, the first byte lowest.
    ///
    /// A borrow can only mark bytes above a true mark, so the lowest one is always true.
    @inline(__always)
    private static func marks(_ word: UInt64) -> UInt64 {
        let bytes = UInt64(littleEndian: word)
        let low = bytes ^ (self.ones &* 2)
        let backslash = bytes ^ (self.ones &* UInt64(UInt8(ascii: "\\")))
        let found = (low &- self.ones &* 0x21) | (backslash &- self.ones)
        return found & ~bytes & (self.ones &* 0x80)
    }

    private static var ones: UInt64 { 0x0101_0101_0101_0101 }
}
