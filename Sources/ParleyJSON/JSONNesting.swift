// SPDX-License-Identifier: Apache-2.0

/// The open containers of a document, one bit each, in a fixed place: no allocation, no recursion.
struct JSONNesting {
    private var low: UInt64 = 0
    private var high: UInt64 = 0
    private(set) var depth = 0

    /// Opens a container; callers have checked that `depth` is below `JSON.maxDepth`.
    @inline(__always)
    mutating func push(isObject: Bool) {
        self.high = self.high &<< 1 | self.low &>> 63
        self.low = self.low &<< 1 | (isObject ? 1 : 0)
        self.depth &+= 1
    }

    /// Closes the innermost container; callers have checked that there is one.
    @inline(__always)
    mutating func pop() {
        self.low = self.low &>> 1 | self.high &<< 63
        self.high &>>= 1
        self.depth &-= 1
    }

    /// Whether the innermost container is an object; false at the top.
    @inline(__always)
    var isInObject: Bool { self.low & 1 == 1 }
}
