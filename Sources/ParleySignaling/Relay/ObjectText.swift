// SPDX-License-Identifier: Apache-2.0
internal import NIOCore
internal import ParleyEngineIO
internal import ParleyJSON

/// A JSON object as text, written member by member, with what stands around it in a packet.
///
/// What every peer that joins is told would cost ten times as much if it were made into a `JSON` first: that was a fifth of
/// all instructions of a client that connects, joins and leaves. It is written to memory of its own, since a
/// `ByteBuffer` asks at each step whether it is its storage's only owner: that was another tenth.
struct ObjectText: ~Copyable {
    private var space: UnsafeMutableRawBufferPointer
    private var count = 0
    private var separator = UInt8(ascii: "{")

    init() { space = .allocate(byteCount: 512, alignment: 16) }

    deinit { space.deallocate() }

    /// All of the text so far. Good until more is written.
    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: space[0..<count]) }

    // MARK: Members

    mutating func set(_ key: StaticString, _ value: Bool) {
        begin(key)
        write(value ? "true" : "false")
    }

    mutating func set(_ key: StaticString, _ value: Int64) {
        begin(key)
        write(value)
    }

    mutating func set(_ key: StaticString, _ value: String?) {
        guard let value else { return }
        begin(key)
        write(quoted: value)
    }

    mutating func set(_ key: StaticString, _ value: JSON) {
        begin(key)
        switch value {
        case .object(let members) where members.isEmpty: write("{}")
        case .array(let elements) where elements.isEmpty: write("[]")
        case .string(let text): write(quoted: text)
        case .null, .bool, .int, .double, .array, .object, .binary:
            var text = ByteBuffer()
            value.write(into: &text)
            write(text)
        }
    }

    mutating func set(_ key: StaticString, _ id: SessionID) {
        begin(key)
        append(SessionID.length + 2) { space in
            space[0] = UInt8(ascii: "\"")
            id.write(into: UnsafeMutableRawBufferPointer(rebasing: space[1...]))
            space[SessionID.length + 1] = UInt8(ascii: "\"")
        }
    }

    /// A value that is JSON already.
    mutating func set(_ key: StaticString, text value: ByteBuffer) {
        begin(key)
        write(value)
    }

    /// An object in the object.
    mutating func set(_ key: StaticString, _ body: (inout ObjectText) -> Void) {
        begin(key)
        object(body)
    }

    /// An array of objects.
    mutating func set<Element>(
        _ key: StaticString, each elements: [Element], _ body: (inout ObjectText, Element) -> Void
    ) {
        begin(key)
        write(elements.isEmpty ? "[" : "")
        var opening = UInt8(ascii: "[")
        for element in elements {
            write(opening)
            opening = UInt8(ascii: ",")
            object { body(&$0, element) }
        }
        write(UInt8(ascii: "]"))
    }

    /// An object behind what is there, with the members that `body` sets.
    mutating func object(_ body: (inout ObjectText) -> Void) {
        let outer = separator
        separator = UInt8(ascii: "{")
        body(&self)
        write(separator == UInt8(ascii: "{") ? "{}" : "}")
        separator = outer
    }

    private mutating func begin(_ key: StaticString) {
        let (length, opening) = (key.utf8CodeUnitCount, separator)
        append(length + 4) { space in
            space[0] = opening
            space[1] = UInt8(ascii: "\"")
            UnsafeMutableRawBufferPointer(rebasing: space[2...])
                .copyMemory(from: UnsafeRawBufferPointer(start: key.utf8Start, count: length))
            space[length + 2] = UInt8(ascii: "\"")
            space[length + 3] = UInt8(ascii: ":")
        }
        separator = UInt8(ascii: ",")
    }

    // MARK: Any text

    mutating func write(_ byte: UInt8) { append(1) { $0[0] = byte } }

    mutating func write(_ text: StaticString) {
        write(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    mutating func write(_ buffer: ByteBuffer) { buffer.withUnsafeReadableBytes { write($0) } }

    mutating func write(_ bytes: UnsafeRawBufferPointer) { append(bytes.count) { $0.copyMemory(from: bytes) } }

    /// Up to fifteen digits need no allocation.
    mutating func write(_ number: Int64) {
        var digits = String(number)
        digits.withUTF8 { write(UnsafeRawBufferPointer($0)) }
    }

    /// A string, quoted and escaped.
    mutating func write(quoted text: String) {
        var copy = text
        let isPlain = copy.withUTF8 { utf8 in
            guard isPlainInJSON(UnsafeRawBufferPointer(utf8)) else { return false }
            append(utf8.count + 2) { space in
                space[0] = UInt8(ascii: "\"")
                UnsafeMutableRawBufferPointer(rebasing: space[1...]).copyMemory(from: UnsafeRawBufferPointer(utf8))
                space[utf8.count + 1] = UInt8(ascii: "\"")
            }
            return true
        }
        guard !isPlain else { return }
        var escaped = ByteBuffer()
        appendJSONString(text, to: &escaped)
        write(escaped)
    }

    /// Appends `length` bytes, which `body` writes.
    @inline(__always)
    private mutating func append(_ length: Int, _ body: (UnsafeMutableRawBufferPointer) -> Void) {
        if space.count - count < length { grow(by: length) }
        body(UnsafeMutableRawBufferPointer(rebasing: space[count..<count + length]))
        count += length
    }

    private mutating func grow(by length: Int) {
        let larger = UnsafeMutableRawBufferPointer.allocate(
            byteCount: max(count + length, space.count * 2), alignment: 16)
        larger.copyMemory(from: bytes)
        space.deallocate()
        space = larger
    }
}

extension ByteBuffer {
    /// The text of the object that `body` writes.
    init(object body: (inout ObjectText) -> Void) {
        var text = ObjectText()
        text.object(body)
        self.init(bytes: text.bytes)
    }
}

extension JSON {
    /// The object that `body` writes.
    static func object(_ body: (inout ObjectText) -> Void) -> JSON {
        var text = ObjectText()
        text.object(body)
        return (try? JSON(parsing: text.bytes)) ?? [:]  // what we wrote can be read
    }
}
