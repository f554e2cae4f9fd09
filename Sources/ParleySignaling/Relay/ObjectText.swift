// SPDX-License-Identifier: Apache-2.0
internal import NIOCore
internal import ParleyEngineIO
internal import ParleyJSON

/// A JSON object as text, written member by member.
///
/// What every peer that joins is told would cost ten times as much if it were made into a `JSON` first: that was a fifth of
/// all instructions of a client that connects, joins and leaves.
struct ObjectText {
    private var text: ByteBuffer
    private var separator = UInt8(ascii: "{")

    /// - Parameter text: What stands before the object.
    init(behind text: consuming ByteBuffer = ByteBuffer()) {
        self.text = text
        self.text.reserveCapacity(minimumWritableBytes: 240)
    }

    /// All of the text, given up: what is appended to it is not copied first.
    consuming func end() -> ByteBuffer {
        close()
        return text
    }

    mutating func set(_ key: StaticString, _ value: Bool) {
        begin(key)
        text.writeStaticString(value ? "true" : "false")
    }

    mutating func set(_ key: StaticString, _ value: Int64) {
        begin(key)
        text.writeString(String(value))
    }

    mutating func set(_ key: StaticString, _ value: String?) {
        guard let value else { return }
        begin(key)
        appendJSONString(value, to: &text)
    }

    mutating func set(_ key: StaticString, _ value: JSON) {
        begin(key)
        value.write(into: &text)
    }

    mutating func set(_ key: StaticString, _ id: SessionID) {
        begin(key)
        text.writeInteger(UInt8(ascii: "\""))
        text.write(id)
        text.writeInteger(UInt8(ascii: "\""))
    }

    /// A value that is JSON already.
    mutating func set(_ key: StaticString, text value: ByteBuffer) {
        begin(key)
        text.writeImmutableBuffer(value)
    }

    /// An object in the object.
    mutating func set(_ key: StaticString, _ body: (inout ObjectText) -> Void) {
        begin(key)
        nest(body)
    }

    /// An array of objects.
    mutating func set<Element>(
        _ key: StaticString, each elements: [Element], _ body: (inout ObjectText, Element) -> Void
    ) {
        begin(key)
        var opening = UInt8(ascii: "[")
        for element in elements {
            text.writeInteger(opening)
            opening = UInt8(ascii: ",")
            nest { body(&$0, element) }
        }
        text.writeStaticString(elements.isEmpty ? "[]" : "]")
    }

    private mutating func begin(_ key: StaticString) {
        let opening = separator
        separator = UInt8(ascii: ",")
        let length = key.utf8CodeUnitCount
        // One step: each has its price in a `ByteBuffer`.
        text.writeWithUnsafeMutableBytes(minimumWritableBytes: length + 4) { space in
            space[0] = opening
            space[1] = UInt8(ascii: "\"")
            UnsafeMutableRawBufferPointer(rebasing: space[2...])
                .copyMemory(from: UnsafeRawBufferPointer(start: key.utf8Start, count: length))
            space[length + 2] = UInt8(ascii: "\"")
            space[length + 3] = UInt8(ascii: ":")
            return length + 4
        }
    }

    private mutating func nest(_ body: (inout ObjectText) -> Void) {
        let outer = separator
        separator = UInt8(ascii: "{")
        body(&self)
        close()
        separator = outer
    }

    private mutating func close() {
        text.writeStaticString(separator == UInt8(ascii: "{") ? "{}" : "}")
    }
}

extension JSON {
    /// The object that `body` writes.
    static func object(_ body: (inout ObjectText) -> Void) -> JSON {
        var object = ObjectText()
        body(&object)
        return (try? JSON(parsing: object.end())) ?? [:]  // what we wrote can be read
    }
}
