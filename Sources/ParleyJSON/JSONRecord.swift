// SPDX-License-Identifier: Apache-2.0

/// What a scan writes down: the places of elements and members, in memory that is lent for one scan, so that writing
/// one down is a store and a count.
struct JSONRecord {
    private let elements: UnsafeMutableBufferPointer<JSONScan.Element>
    private let members: UnsafeMutableBufferPointer<JSONScan.Member>
    private(set) var elementCount = 0
    private(set) var memberCount = 0
    private let membersOf: Int
    /// Down to which depth anything is written down.
    private let depth: Int

    // Where the things that are still open near the top began.
    private var isInObject = false
    private var keyStart = 0
    private var keyEnd = 0
    private var keyEscaped = false
    private var elementStart = 0
    private var valueStart = 0

    /// Writes nothing down.
    init() {
        self.elements = UnsafeMutableBufferPointer(start: nil, count: 0)
        self.members = UnsafeMutableBufferPointer(start: nil, count: 0)
        self.membersOf = -1
        self.depth = -1
    }

    /// Writes down as much as there is room for.
    init(
        elements: UnsafeMutableBufferPointer<JSONScan.Element>, members: UnsafeMutableBufferPointer<JSONScan.Member>,
        membersOf: Int
    ) {
        self.elements = elements
        self.members = members
        self.membersOf = membersOf
        self.depth = 2
    }

    /// A container was opened; `depth` counts it.
    @inline(__always)
    mutating func opened(at offset: Int, isObject: Bool, depth: Int) {
        if depth == 2 {
            self.elementStart = offset
            self.isInObject = isObject
        } else if depth == 3 {
            self.valueStart = offset
        }
    }

    @inline(__always)
    mutating func sawKey(from start: Int, to end: Int, escaped: Bool, depth: Int) {
        guard depth == 2 else { return }
        self.keyStart = start
        self.keyEnd = end
        self.keyEscaped = escaped
    }

    /// The container opened last was closed; `depth` no longer counts it.
    @inline(__always)
    mutating func closed(isObject: Bool, at end: Int, depth: Int) -> JSONFault? {
        let start = depth == 1 ? self.elementStart : self.valueStart
        return self.saw(isObject ? .object : .array, from: start, to: end, false, depth: depth)
    }

    /// Keeps a complete value, if it is an element or a member of the object looked into.
    @inline(__always)
    mutating func saw(_ kind: JSONScan.Kind, from start: Int, to end: Int, _ escaped: Bool, depth: Int) -> JSONFault? {
        guard depth <= self.depth else { return nil }
        if depth == 1 {
            guard self.elementCount < self.elements.count else { return .tooManyElements }
            self.elements[self.elementCount] = JSONScan.Element(start: start, end: end, kind: kind, escaped: escaped)
            self.elementCount &+= 1
        } else if depth == 2, self.membersOf == self.elementCount, self.isInObject {
            guard self.memberCount < self.members.count else { return .tooManyMembers }
            self.members[self.memberCount] = JSONScan.Member(
                keyStart: self.keyStart, keyEnd: self.keyEnd, keyEscaped: self.keyEscaped,
                value: JSONScan.Element(start: start, end: end, kind: kind, escaped: escaped))
            self.memberCount &+= 1
        }
        return nil
    }
}
