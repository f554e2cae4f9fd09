// SPDX-License-Identifier: Apache-2.0

/// Finds the bytes that matter inside a JSON string; see `JSONMarks`.
enum JSONPlainRun {
    /// The offset of the first mark in `from..<to`, or `to`.
    ///
    /// Sixteen bytes at a time; never reads outside `0..<to`. `from` is at most `to`.
    @inline(__always)
    static func end(of base: UnsafeRawPointer, from: Int, to: Int) -> Int {
        var offset = from
        while to &- offset >= 16 {
            let marks = JSONMarks.of16(base + offset)
            if marks != 0 { return offset &+ marks.trailingZeroBitCount }
            offset &+= 16
        }
        guard offset < to else { return to }
        let marks = self.marksOfRest(base, from: offset, to: to)
        return marks == 0 ? to : offset &+ marks.trailingZeroBitCount
    }

    /// The marks of fewer than sixteen bytes.
    @inline(__always)
    private static func marksOfRest(_ base: UnsafeRawPointer, from: Int, to: Int) -> UInt64 {
        // With those in front of them, when there are some.
        if to >= 16 { return JSONMarks.of16(base + (to &- 16)) &>> UInt64(16 &- (to &- from)) }
        var marks: UInt64 = 0
        for index in from..<to where JSONMarks.isMark(base.load(fromByteOffset: index, as: UInt8.self)) {
            marks |= 1 &<< UInt64(index &- from)
        }
        return marks
    }
}
