// SPDX-License-Identifier: Apache-2.0
#if arch(x86_64) && canImport(_Builtin_intrinsics.intel.sse2)
    internal import _Builtin_intrinsics.intel.sse2
#endif

/// The bytes that matter inside a JSON string, as bits, that of the first byte lowest: `"`, `\` and control bytes.
enum JSONMarks {
    /// Those of sixteen bytes.
    @inline(__always)
    static func of16(_ bytes: UnsafeRawPointer) -> UInt64 {
        #if arch(x86_64) && canImport(_Builtin_intrinsics.intel.sse2)
            let vector = bytes.loadUnaligned(as: SIMD2<Int64>.self)
            let quote = _mm_cmpeq_epi8(vector, _mm_set1_epi8(0x22))
            let backslash = _mm_cmpeq_epi8(vector, _mm_set1_epi8(0x5C))
            let control = _mm_cmpeq_epi8(_mm_min_epu8(vector, _mm_set1_epi8(0x1F)), vector)
            let all = _mm_or_si128(_mm_or_si128(quote, backslash), control)
            return UInt64(truncatingIfNeeded: _mm_movemask_epi8(all))
        #else
            return self.of8(bytes.loadUnaligned(as: UInt64.self))
                | self.of8(bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)) &<< 8
        #endif
    }

    /// Those of 64 bytes.
    @inline(__always)
    static func of64(_ bytes: UnsafeRawPointer) -> UInt64 {
        self.of16(bytes) | self.of16(bytes + 16) &<< 16 | self.of16(bytes + 32) &<< 32 | self.of16(bytes + 48) &<< 48
    }

    /// Those of eight bytes, with nothing but integers, for other machines.
    @inline(__always)
    static func of8(_ word: UInt64) -> UInt64 {
        let bytes = UInt64(littleEndian: word)
        let low = self.ones &* 0x7F
        // Of what has no high bit, these sums have one where it is 0x21 or more, or not zero; none carries to the next.
        let noQuoteOrControl = ((bytes ^ self.ones &* 2) & low) &+ self.ones &* 0x5F
        let noBackslash = ((bytes ^ self.ones &* 0x5C) & low) &+ low
        let marks = ~(noQuoteOrControl & noBackslash) & ~bytes & (self.ones &* 0x80)
        // Gathers the eight high bits in the highest byte.
        return ((marks &>> 7) &* 0x0102_0408_1020_4080) &>> 56
    }

    @inline(__always)
    static func isMark(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
    }

    private static var ones: UInt64 { 0x0101_0101_0101_0101 }
}
