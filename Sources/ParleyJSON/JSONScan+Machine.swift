// SPDX-License-Identifier: Apache-2.0

extension JSONScan {
    /// What may come next, white space aside.
    private enum Expected {
        case value, valueOrEnd, key, keyOrEnd, separator, nothing
    }

    /// The grammar: one turn of the loop per token. A fault leaves the cursor at the byte at fault.
    mutating func run(_ cursor: inout JSONCursor, recording: Bool, membersOf: Int) -> JSONFault? {
        var nesting = JSONNesting()
        var expected = Expected.value
        var places = Places(membersOf: recording ? membersOf : -1)

        while true {
            cursor.skipWhiteSpace()
            guard !cursor.isAtEnd else { return expected == .nothing ? nil : .unexpectedEnd }
            let byte = cursor.byte
            var value = Element(start: cursor.offset, end: 0, kind: .null, escaped: false)
            var closes = false

            switch expected {
            case .separator:
                if byte == UInt8(ascii: ",") {
                    cursor.offset += 1
                    expected = nesting.isInObject ? .key : .value
                    continue
                }
                closes = byte == (nesting.isInObject ? UInt8(ascii: "}") : UInt8(ascii: "]"))
                guard closes else { return .unexpectedByte }

            case .key, .keyOrEnd:
                if byte == UInt8(ascii: "\"") {
                    var escaped = false
                    if let fault = cursor.string(escaped: &escaped) { return fault }
                    places.sawKey(from: value.start, to: cursor.offset, escaped: escaped, depth: nesting.depth)
                    cursor.skipWhiteSpace()
                    guard !cursor.isAtEnd else { return .unexpectedEnd }
                    guard cursor.byte == UInt8(ascii: ":") else { return .missingColon }
                    cursor.offset += 1
                    expected = .value
                    continue
                }
                closes = expected == .keyOrEnd && byte == UInt8(ascii: "}")
                guard closes else { return .unexpectedByte }

            case .value, .valueOrEnd:
                switch byte {
                case UInt8(ascii: "\""):
                    if let fault = cursor.string(escaped: &value.escaped) { return fault }
                    value.kind = .string
                case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
                    if let fault = cursor.number() { return fault }
                    value.kind = .number
                case UInt8(ascii: "t"):
                    if let fault = cursor.literal("rue") { return fault }
                    value.kind = .bool
                case UInt8(ascii: "f"):
                    if let fault = cursor.literal("alse") { return fault }
                    value.kind = .bool
                case UInt8(ascii: "n"):
                    if let fault = cursor.literal("ull") { return fault }
                case UInt8(ascii: "{"), UInt8(ascii: "["):
                    let isObject = byte == UInt8(ascii: "{")
                    guard nesting.push(isObject: isObject) else { return .tooDeep }
                    places.opened(at: cursor.offset, isObject: isObject, depth: nesting.depth)
                    cursor.offset += 1
                    expected = isObject ? .keyOrEnd : .valueOrEnd
                    continue
                case UInt8(ascii: "]") where expected == .valueOrEnd:
                    closes = true
                default:
                    return .unexpectedByte
                }

            case .nothing:
                return .trailingBytes
            }

            if closes {
                value.kind = nesting.isInObject ? .object : .array
                nesting.pop()
                value.start = places.start(depth: nesting.depth)
                cursor.offset += 1
            }
            if recording, nesting.depth <= 2 {
                value.end = cursor.offset
                if let fault = self.record(value, depth: nesting.depth, places) { return fault }
            }
            expected = nesting.depth == 0 ? .nothing : .separator
        }
    }

    /// Keeps a complete value, if it is an element or a member of the object looked into.
    @inline(__always)
    private mutating func record(_ value: Element, depth: Int, _ places: Places) -> JSONFault? {
        if depth == 1 {
            guard self.elements.count < Self.maxElements else { return .tooManyElements }
            self.elements.append(value)
        } else if depth == 2, places.membersOf == self.elements.count, places.isInObject {
            guard self.members.count < Self.maxMembers else { return .tooManyMembers }
            self.members.append(
                Member(
                    keyStart: places.keyStart, keyEnd: places.keyEnd, keyEscaped: places.keyEscaped, value: value))
        }
        return nil
    }

    /// Where the things that are still open near the top began.
    private struct Places {
        let membersOf: Int
        var isInObject = false
        var keyStart = 0
        var keyEnd = 0
        var keyEscaped = false
        private var elementStart = 0
        private var valueStart = 0

        init(membersOf: Int) {
            self.membersOf = membersOf
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

        /// Where the container began that has just been closed; `depth` no longer counts it.
        @inline(__always)
        func start(depth: Int) -> Int {
            depth == 1 ? self.elementStart : self.valueStart
        }
    }
}
