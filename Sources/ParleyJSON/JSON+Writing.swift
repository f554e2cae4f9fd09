// SPDX-License-Identifier: Apache-2.0
public import NIOCore

extension JSON {
    /// Appends this value as compact JSON, spelled as `JSON.stringify` would.
    ///
    /// Each binary value is appended to `attachments` and written as `{"_placeholder":true,"num":N}`, N being its index
    /// there. Linear in what is written; attachments are not copied.
    ///
    /// - Parameters:
    ///   - buffer: Where the text goes.
    ///   - attachments: Where the binary values go, behind those that are there.
    public func write(into buffer: inout ByteBuffer, attachments: inout [ByteBuffer]) {
        self.write(into: &buffer) { binary, buffer in
            buffer.writeStaticString("{\"_placeholder\":true,\"num\":")
            buffer.writeString(String(attachments.count))
            buffer.writeStaticString("}")
            attachments.append(binary)
        }
    }

    /// Appends this value as compact JSON, spelled as `JSON.stringify` would, binary values as `null`.
    ///
    /// - Parameter buffer: Where the text goes.
    public func write(into buffer: inout ByteBuffer) {
        self.write(into: &buffer) { _, buffer in
            buffer.writeStaticString("null")
        }
    }

    /// This value as compact JSON, binary values as `null`. Costs a copy over `write(into:)`.
    public var text: String {
        var buffer = ByteBuffer()
        self.write(into: &buffer)
        return String(buffer: buffer)
    }

    private func write(into buffer: inout ByteBuffer, binary: (ByteBuffer, inout ByteBuffer) -> Void) {
        switch self {
        case .null: buffer.writeStaticString("null")
        case .bool(true): buffer.writeStaticString("true")
        case .bool(false): buffer.writeStaticString("false")
        case .int(let value): buffer.writeString(String(value))
        case .double(let value): appendJSONNumber(value, to: &buffer)
        case .string(let value): appendJSONString(value, to: &buffer)
        case .binary(let value): binary(value, &buffer)
        case .array(let elements):
            var separator = UInt8(ascii: "[")
            for element in elements {
                buffer.writeInteger(separator)
                element.write(into: &buffer, binary: binary)
                separator = UInt8(ascii: ",")
            }
            buffer.writeStaticString(elements.isEmpty ? "[]" : "]")
        case .object(let members):
            var separator = UInt8(ascii: "{")
            for (key, value) in members {
                buffer.writeInteger(separator)
                appendJSONString(key, to: &buffer)
                buffer.writeInteger(UInt8(ascii: ":"))
                value.write(into: &buffer, binary: binary)
                separator = UInt8(ascii: ",")
            }
            buffer.writeStaticString(members.isEmpty ? "{}" : "}")
        }
    }
}
