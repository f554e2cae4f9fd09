// SPDX-License-Identifier: Apache-2.0

/// The one-pass validating scanner of the relay path.
///
/// It accepts exactly what `JSON.parse` accepts (RFC 8259; lone surrogate escapes, `\u0000` and numbers of any size
/// included) down to `JSON.maxDepth`, and remembers where the parts of the outermost array are, so that they can be
/// passed on as they came. The input must be known to be UTF-8 (`UTF8Check`). Linear in the input; once the arrays have
/// grown, a scan allocates nothing.
package struct JSONScan {
    /// What a value is, seen from its first byte.
    package enum Kind: UInt8, Sendable { case string, number, object, array, bool, null }

    /// Where a value is, in bytes from the start of the scanned bytes; white space around it does not belong to it.
    package struct Element: Hashable, Sendable {
        /// The first byte: for strings the opening quote, for containers the bracket or brace.
        package var start: Int
        /// Behind the last byte.
        package var end: Int
        /// What the value is.
        package var kind: Kind
        /// For strings: whether there is a backslash in it. False for everything else, strings inside included.
        package var escaped: Bool
    }

    /// Where a member of an object is, in bytes from the start of the scanned bytes.
    package struct Member: Hashable, Sendable {
        /// The opening quote of the key.
        package var keyStart: Int
        /// Behind the closing quote of the key.
        package var keyEnd: Int
        /// Whether there is a backslash in the key: it may then name what its bytes do not show.
        package var keyEscaped: Bool
        /// The value of the member.
        package var value: Element
    }

    /// The most elements the outermost array may have.
    package static let maxElements = 1024
    /// The most members the object looked into may have, duplicates counted.
    package static let maxMembers = 256

    /// The elements of the outermost array, in order.
    package internal(set) var elements: [Element] = []
    /// The direct members of the object looked into, in order, duplicates included.
    package internal(set) var members: [Member] = []

    /// Creates a scanner; keep it, one per loop, for its arrays. Allocates nothing yet.
    package init() {}

    /// Scans `bytes` as one JSON array, white space around it allowed.
    ///
    /// - Parameters:
    ///   - bytes: UTF-8; read during the call only.
    ///   - membersOf: The index of the element whose members are wanted. If it is out of range or no object, `members`
    ///     stays empty, which is no error.
    /// - Returns: nil, or what is wrong; `elements` and `members` are empty then.
    package mutating func scanArray(_ bytes: UnsafeRawBufferPointer, membersOf: Int) -> JSONError? {
        self.elements.removeAll(keepingCapacity: true)
        self.members.removeAll(keepingCapacity: true)
        guard let base = bytes.baseAddress else { return JSONFault.unexpectedEnd.error(at: 0) }
        var cursor = JSONCursor(base: base, count: bytes.count)
        cursor.skipWhiteSpace()
        if !cursor.isAtEnd, cursor.byte != UInt8(ascii: "[") { return JSONFault.notAnArray.error(at: cursor.offset) }
        guard let fault = self.run(&cursor, recording: true, membersOf: membersOf) else { return nil }
        self.elements.removeAll(keepingCapacity: true)
        self.members.removeAll(keepingCapacity: true)
        return fault.error(at: cursor.offset)
    }

    /// Whether `bytes` are one JSON value of any kind: nil, or what is wrong. Allocates nothing; same cost as a scan.
    package static func validate(_ bytes: UnsafeRawBufferPointer) -> JSONError? {
        guard let base = bytes.baseAddress else { return JSONFault.unexpectedEnd.error(at: 0) }
        var cursor = JSONCursor(base: base, count: bytes.count)
        var scan = JSONScan()
        return scan.run(&cursor, recording: false, membersOf: -1)?.error(at: cursor.offset)
    }
}
