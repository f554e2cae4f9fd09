// SPDX-License-Identifier: Apache-2.0

/// The one-pass validating scanner of the relay path.
///
/// It accepts exactly what `JSON.parse` accepts (RFC 8259; lone surrogate escapes, `\u0000` and numbers of any size
/// included) down to `JSON.maxDepth`, and remembers where the parts of the outermost array are, so that they can be
/// passed on as they came. The input must be known to be UTF-8 (`UTF8Check`). Linear in the input; no scan allocates.
///
/// A class with memory of its own: as values, the places it finds were retained and released for each look at them.
@usableFromInline package final class JSONScan {
    /// What a value is, seen from its first byte.
    @usableFromInline package enum Kind: UInt8, Sendable {
        case string, number, object, array, bool, null

        // The standard library's, which goes by raw values, is a generic call from other modules.
        @inlinable package static func == (one: Kind, other: Kind) -> Bool {
            switch (one, other) {
            case (.string, .string), (.number, .number), (.object, .object), (.array, .array), (.bool, .bool),
                (.null, .null):
                true
            default: false
            }
        }
    }

    /// Where a value is, in bytes from the start of the scanned bytes; white space around it does not belong to it.
    @usableFromInline package struct Element: Hashable, Sendable {
        @usableFromInline let first: UInt32
        @usableFromInline let limit: UInt32
        /// What the value is.
        @usableFromInline package let kind: Kind
        /// For strings: whether there is a backslash in it. False for everything else, strings inside included.
        @usableFromInline package let escaped: Bool

        /// Both below 4 GiB: `scanArray` takes nothing longer.
        @inline(__always)
        init(start: Int, end: Int, kind: Kind, escaped: Bool) {
            self.first = UInt32(truncatingIfNeeded: start)
            self.limit = UInt32(truncatingIfNeeded: end)
            self.kind = kind
            self.escaped = escaped
        }

        /// The first byte: for strings the opening quote, for containers the bracket or brace.
        @inlinable package var start: Int { Int(self.first) }
        /// Behind the last byte.
        @inlinable package var end: Int { Int(self.limit) }
    }

    /// Where a member of an object is, in bytes from the start of the scanned bytes.
    @usableFromInline package struct Member: Hashable, Sendable {
        @usableFromInline let key: Element
        /// The value of the member.
        @usableFromInline package let value: Element

        @inline(__always)
        init(keyStart: Int, keyEnd: Int, keyEscaped: Bool, value: Element) {
            self.key = Element(start: keyStart, end: keyEnd, kind: .string, escaped: keyEscaped)
            self.value = value
        }

        /// The opening quote of the key.
        @inlinable package var keyStart: Int { self.key.start }
        /// Behind the closing quote of the key.
        @inlinable package var keyEnd: Int { self.key.end }
        /// Whether there is a backslash in the key: it may then name what its bytes do not show.
        @inlinable package var keyEscaped: Bool { self.key.escaped }
    }

    /// The most elements the outermost array may have.
    package static let maxElements = 1024
    /// The most members the object looked into may have, duplicates counted.
    package static let maxMembers = 256

    @usableFromInline let elementPlaces = UnsafeMutableBufferPointer<Element>.allocate(capacity: maxElements)
    @usableFromInline let memberPlaces = UnsafeMutableBufferPointer<Member>.allocate(capacity: maxMembers)
    @usableFromInline var elementCount = 0
    @usableFromInline var memberCount = 0

    /// The elements of the outermost array, in order. Good until the next scan.
    @inlinable package var elements: UnsafeBufferPointer<Element> {
        UnsafeBufferPointer(start: self.elementPlaces.baseAddress, count: self.elementCount)
    }
    /// The direct members of the object looked into, in order, duplicates included. Good until the next scan.
    @inlinable package var members: UnsafeBufferPointer<Member> {
        UnsafeBufferPointer(start: self.memberPlaces.baseAddress, count: self.memberCount)
    }

    /// Creates a scanner with 18 KB of memory; keep it, one per loop.
    package init() {}

    deinit {
        self.elementPlaces.deallocate()
        self.memberPlaces.deallocate()
    }

    /// Scans `bytes` as one JSON array, white space around it allowed.
    ///
    /// - Parameters:
    ///   - bytes: UTF-8, below 4 GiB; read during the call only.
    ///   - membersOf: The index of the element whose members are wanted. If it is out of range or no object, `members`
    ///     stays empty, which is no error.
    /// - Returns: nil, or what is wrong; `elements` and `members` are empty then.
    package func scanArray(_ bytes: UnsafeRawBufferPointer, membersOf: Int) -> JSONError? {
        self.elementCount = 0
        self.memberCount = 0
        guard let base = bytes.baseAddress else { return JSONFault.unexpectedEnd.error(at: 0) }
        guard bytes.count <= Int(UInt32.max) else { return JSONFault.tooLong.error(at: Int(UInt32.max)) }
        var cursor = JSONCursor(base: base, count: bytes.count)
        let first = cursor.token()
        if !cursor.isAtEnd, first != UInt8(ascii: "[") { return JSONFault.notAnArray.error(at: cursor.offset) }
        var record = JSONRecord(elements: self.elementPlaces, members: self.memberPlaces, membersOf: membersOf)
        if let fault = Self.run(&cursor, &record) { return fault.error(at: cursor.offset) }
        self.elementCount = record.elementCount
        self.memberCount = record.memberCount
        return nil
    }

    /// Whether `bytes` are one JSON value of any kind: nil, or what is wrong. Allocates nothing; same cost as a scan.
    package static func validate(_ bytes: UnsafeRawBufferPointer) -> JSONError? {
        guard let base = bytes.baseAddress else { return JSONFault.unexpectedEnd.error(at: 0) }
        var cursor = JSONCursor(base: base, count: bytes.count)
        var record = JSONRecord()
        return Self.run(&cursor, &record)?.error(at: cursor.offset)
    }
}
