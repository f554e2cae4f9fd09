// SPDX-License-Identifier: Apache-2.0

/// Tells UTF-8 from other bytes, by the rules of Unicode 3.9, table 3-7.
package enum UTF8Check {
    /// Whether `bytes` are well-formed UTF-8: no overlong forms, no surrogates, nothing above U+10FFFF, nothing cut
    /// short.
    ///
    /// Linear, without allocation; ASCII passes at 64 bytes a step. Empty input is valid.
    package static func isValid(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard let base = bytes.baseAddress else { return true }
        let end = bytes.count
        var offset = 0
        while offset < end {
            offset = self.asciiEnd(base, offset, end)
            // Where there is one character beyond ASCII there are more: stay until the next ASCII byte.
            while offset < end {
                let lead = base.load(fromByteOffset: offset, as: UInt8.self)
                if lead < 0x80 { break }
                let length = self.sequence(base, offset, end, lead)
                if length == 0 { return false }
                offset += length
            }
        }
        return true
    }

    /// The offset of the first byte above 0x7F, or `end`.
    @inline(__always)
    private static func asciiEnd(_ base: UnsafeRawPointer, _ from: Int, _ end: Int) -> Int {
        var offset = from
        while end &- offset >= 64 {
            let low = base.loadUnaligned(fromByteOffset: offset, as: SIMD4<UInt64>.self)
            let high = base.loadUnaligned(fromByteOffset: offset &+ 32, as: SIMD4<UInt64>.self)
            let all = low | high
            if (all[0] | all[1] | all[2] | all[3]) & 0x8080_8080_8080_8080 != 0 { break }
            offset &+= 64
        }
        while end &- offset >= 8 {
            let word = UInt64(littleEndian: base.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
            let high = word & 0x8080_8080_8080_8080
            if high != 0 { return offset &+ high.trailingZeroBitCount &>> 3 }
            offset &+= 8
        }
        while offset < end, base.load(fromByteOffset: offset, as: UInt8.self) < 0x80 { offset &+= 1 }
        return offset
    }

    /// The length of the sequence that `lead` begins, 0 if it is ill-formed.
    @inline(__always)
    private static func sequence(_ base: UnsafeRawPointer, _ offset: Int, _ end: Int, _ lead: UInt8) -> Int {
        let length: Int
        // The second byte carries what is special about a lead: overlong, surrogate, too large.
        var second: ClosedRange<UInt8> = 0x80...0xBF
        switch lead {
        case 0xC2...0xDF: length = 2
        case 0xE0: (length, second) = (3, 0xA0...0xBF)
        case 0xED: (length, second) = (3, 0x80...0x9F)
        case 0xE1...0xEF: length = 3
        case 0xF0: (length, second) = (4, 0x90...0xBF)
        case 0xF1...0xF3: length = 4
        case 0xF4: (length, second) = (4, 0x80...0x8F)
        default: return 0
        }
        guard end - offset >= length, second.contains(base.load(fromByteOffset: offset + 1, as: UInt8.self)) else {
            return 0
        }
        var index = 2
        while index < length {
            guard base.load(fromByteOffset: offset + index, as: UInt8.self) & 0xC0 == 0x80 else { return 0 }
            index += 1
        }
        return length
    }
}
