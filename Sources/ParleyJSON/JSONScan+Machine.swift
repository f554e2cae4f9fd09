// SPDX-License-Identifier: Apache-2.0

extension JSONScan {
    /// The grammar: one turn of the outer loop per value. A fault leaves `input` at the byte at fault.
    static func run(_ input: inout JSONCursor, _ record: inout JSONRecord) -> JSONFault? {
        // A copy, which stays in registers. (The record is too large for that.)
        var cursor = input
        defer { input.offset = cursor.offset }
        var nesting = JSONNesting()
        var byte = cursor.token()

        values: while true {
            if nesting.isInObject {
                guard byte == UInt8(ascii: "\"") else { return cursor.fault(.unexpectedByte) }
                let start = cursor.offset
                var escaped = false
                if let fault = cursor.string(escaped: &escaped) { return fault }
                record.sawKey(from: start, to: cursor.offset, escaped: escaped, depth: nesting.depth)
                guard cursor.token() == UInt8(ascii: ":") else { return cursor.fault(.missingColon) }
                cursor.offset &+= 1
                byte = cursor.token()
            }

            let start = cursor.offset
            var kind = Kind.null
            var escaped = false
            switch byte {
            case UInt8(ascii: "\""):
                if let fault = cursor.string(escaped: &escaped) { return fault }
                kind = .string
            case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
                if let fault = cursor.number() { return fault }
                kind = .number
            case UInt8(ascii: "t"):
                guard cursor.skip("true") else { return .badLiteral }
                kind = .bool
            case UInt8(ascii: "f"):
                guard cursor.skip("false") else { return .badLiteral }
                kind = .bool
            case UInt8(ascii: "n"):
                guard cursor.skip("null") else { return .badLiteral }
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                guard nesting.depth < JSON.maxDepth else { return .tooDeep }
                cursor.offset &+= 1
                let close = byte &+ 2
                kind = byte == UInt8(ascii: "{") ? .object : .array
                byte = cursor.token()
                // What is empty is never open.
                guard byte == close else {
                    nesting.push(isObject: kind == .object)
                    record.opened(at: start, isObject: kind == .object, depth: nesting.depth)
                    continue values
                }
                cursor.offset &+= 1
            default:
                return cursor.fault(.unexpectedByte)
            }
            if let fault = record.saw(kind, from: start, to: cursor.offset, escaped, depth: nesting.depth) {
                return fault
            }

            while nesting.depth > 0 {
                byte = cursor.token()
                if byte == UInt8(ascii: ",") {
                    cursor.offset &+= 1
                    byte = cursor.token()
                    continue values
                }
                let isObject = nesting.isInObject
                guard byte == (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) else {
                    return cursor.fault(.unexpectedByte)
                }
                cursor.offset &+= 1
                nesting.pop()
                if let fault = record.closed(isObject: isObject, at: cursor.offset, depth: nesting.depth) {
                    return fault
                }
            }
            _ = cursor.token()
            return cursor.isAtEnd ? nil : .trailingBytes
        }
    }
}
