// SPDX-License-Identifier: Apache-2.0

/// The one-pass validating scanner of the relay path.
///
/// It accepts exactly what `JSON.parse` accepts (RFC 8259; lone surrogate escapes, `\u0000` and numbers of any size
/// included) down to `JSON.maxDepth`, and remembers where the parts of the outermost array are, so that they can be
/// passed on as they came. The input must be known to be UTF-8 (`UTF8Check`). Linear in the input; after the first scan
/// none allocates.
package struct JSONScan {
    /// What a value is, seen from its first byte.
    package enum Kind: UInt8, Sendable { case string, number, object, array, bool, null }

    /// Where a value is, in bytes from the start of the scanned bytes; white space around it does not belong to it.
    package struct Element: Hashable, Sendable {
        private let first: UInt32
        private let limit: UInt32
        /// What the value is.
        package let kind: Kind
        /// For strings: whether there is a backslash in it. False for everything else, strings inside included.
        package let escaped: Bool

        /// Both below 4 GiB: `scanArray` takes nothing longer.
        @inline(__always)
        init(start: Int, end: Int, kind: Kind, escaped: Bool) {
            self.first = UInt32(truncatingIfNeeded: start)
            self.limit = UInt32(truncatingIfNeeded: end)
            self.kind = kind
            self.escaped = escaped
        }

        /// The first byte: for strings the opening quote, for containers the bracket or brace.
        package var start: Int { Int(self.first) }
        /// Behind the last byte.
        package var end: Int { Int(self.limit) }
    }

    /// Where a member of an object is, in bytes from the start of the scanned bytes.
    package struct Member: Hashable, Sendable {
        private let key: Element
        /// The value of the member.
        package let value: Element

        @inline(__always)
        init(keyStart: Int, keyEnd: Int, keyEscaped: Bool, value: Element) {
            self.key = Element(start: keyStart, end: keyEnd, kind: .string, escaped: keyEscaped)
            self.value = value
        }

        /// The opening quote of the key.
        package var keyStart: Int { self.key.start }
        /// Behind the closing quote of the key.
        package var keyEnd: Int { self.key.end }
        /// Whether there is a backslash in the key: it may then name what its bytes do not show.
        package var keyEscaped: Bool { self.key.escaped }
    }

    /// The most elements the outermost array may have.
    package static let maxElements = 1024
    /// The most members the object looked into may have, duplicates counted.
    package static let maxMembers = 256

    // Of full length from the first scan on; what counts is at the front.
    private var elementPlaces: [Element] = []
    private var memberPlaces: [Member] = []
    private var elementCount = 0
    private var memberCount = 0

    /// The elements of the outermost array, in order; indices begin at 0.
    package var elements: ArraySlice<Element> { self.elementPlaces[..<self.elementCount] }
    /// The direct members of the object looked into, in order, duplicates included; indices begin at 0.
    package var members: ArraySlice<Member> { self.memberPlaces[..<self.memberCount] }

    /// Creates a scanner; keep it, one per loop, for its arrays. Allocates nothing yet.
    package init() {}

    /// Scans `bytes` as one JSON array, white space around it allowed.
    ///
    /// - Parameters:
    ///   - bytes: UTF-8, below 4 GiB; read during the call only.
    ///   - membersOf: The index of the element whose members are wanted. If it is out of range or no object, `members`
    ///     stays empty, which is no error.
    /// - Returns: nil, or what is wrong; `elements` and `members` are empty then.
    package mutating func scanArray(_ bytes: UnsafeRawBufferPointer, membersOf: Int) -> JSONError? {
        self.elementCount = 0
        self.memberCount = 0
        guard let base = bytes.baseAddress else { return JSONFault.unexpectedEnd.error(at: 0) }
        guard bytes.count <= Int(UInt32.max) else { return JSONFault.tooLong.error(at: Int(UInt32.max)) }
        var cursor = JSONCursor(base: base, count: bytes.count)
        let first = cursor.token()
        if !cursor.isAtEnd, first != UInt8(ascii: "[") { return JSONFault.notAnArray.error(at: cursor.offset) }
        if self.elementPlaces.isEmpty { self.makeRoom() }
        // Once per scan, not per element, the arrays are made sure to be nobody else's.
        let fault = self.elementPlaces.withUnsafeMutableBufferPointer { elements in
            self.memberPlaces.withUnsafeMutableBufferPointer { members in
                var record = JSONRecord(elements: elements, members: members, membersOf: membersOf)
                let fault = Self.run(&cursor, &record)
                if fault == nil {
                    self.elementCount = record.elementCount
                    self.memberCount = record.memberCount
                }
                return fault
            }
        }
        return fault?.error(at: cursor.offset)
    }

    /// Allocates once and for all.
    private mutating func makeRoom() {
        let nothing = Element(start: 0, end: 0, kind: .null, escaped: false)
        self.elementPlaces = Array(repeating: nothing, count: Self.maxElements)
        self.memberPlaces = Array(
            repeating: Member(keyStart: 0, keyEnd: 0, keyEscaped: false, value: nothing), count: Self.maxMembers)
    }

    /// Whether `bytes` are one JSON value of any kind: nil, or what is wrong. Allocates nothing; same cost as a scan.
    package static func validate(_ bytes: UnsafeRawBufferPointer) -> JSONError? {
        guard let base = bytes.baseAddress else { return JSONFault.unexpectedEnd.error(at: 0) }
        var cursor = JSONCursor(base: base, count: bytes.count)
        var record = JSONRecord()
        return Self.run(&cursor, &record)?.error(at: cursor.offset)
    }
}
