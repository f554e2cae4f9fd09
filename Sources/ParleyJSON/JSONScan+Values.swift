// SPDX-License-Identifier: Apache-2.0
internal import OrderedCollections

/// Values of what a scan has found. Most are short and plain and are read here; jansson reads the others, one by one: to
/// let it read a whole request was an eighth of the instructions of a client that connects, joins and leaves.
extension JSONScan {
    /// Digits of an integer that fits 64 bits whatever they are.
    private static let maxPlainDigits = 18

    /// The element at `index` of the bytes that were scanned last, whose members were looked into if it is an object.
    ///
    /// - Parameter bytes: The bytes as they were given to `scanArray`.
    /// - Throws: What `JSON(parsing:)` would, such as for half of a surrogate pair; the offset is that of the part.
    package func value(at index: Int, in bytes: UnsafeRawBufferPointer) throws(JSONError) -> JSON {
        let element = elements[index]
        guard element.kind == .object else { return try Self.value(element, in: bytes) }
        var object = OrderedDictionary<String, JSON>(minimumCapacity: members.count)
        for member in members {
            let key = try Self.text(
                member.keyStart, member.keyEnd, isEscaped: member.keyEscaped, isKey: true, in: bytes)
            // Of equal keys the last counts, in the first's place.
            object[key] = try Self.value(member.value, in: bytes)
        }
        return .object(object)
    }

    private static func value(_ element: Element, in bytes: UnsafeRawBufferPointer) throws(JSONError) -> JSON {
        switch element.kind {
        case .string:
            return .string(try text(element.start, element.end, isEscaped: element.escaped, isKey: false, in: bytes))
        case .bool: return .bool(bytes[element.start] == UInt8(ascii: "t"))
        case .null: return .null
        case .number:
            if let integer = plainInteger(bytes[element.start..<element.end]) { return .int(integer) }
        case .object, .array: break
        }
        return try JSON(parsing: UnsafeRawBufferPointer(rebasing: bytes[element.start..<element.end]))
    }

    private static func text(
        _ start: Int, _ end: Int, isEscaped: Bool, isKey: Bool, in bytes: UnsafeRawBufferPointer
    ) throws(JSONError) -> String {
        guard isEscaped else { return String(decoding: bytes[start + 1..<end - 1], as: UTF8.self) }
        let text = try JSON(parsing: UnsafeRawBufferPointer(rebasing: bytes[start..<end])).stringValue ?? ""
        // jansson takes no such key, which ends too early elsewhere.
        guard !isKey || !text.utf8.contains(0) else { throw JSONFault.badEscape.error(at: start) }
        return text
    }

    /// Digits with or without a minus sign, not too many.
    private static func plainInteger(_ digits: Slice<UnsafeRawBufferPointer>) -> Int64? {
        let isNegative = digits.first == UInt8(ascii: "-")
        guard digits.count <= maxPlainDigits else { return nil }
        var value: Int64 = 0
        for byte in digits.dropFirst(isNegative ? 1 : 0) {
            guard byte &- 0x30 < 10 else { return nil }
            value = value * 10 + Int64(byte &- 0x30)
        }
        return isNegative ? -value : value
    }
}
