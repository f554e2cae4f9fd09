// SPDX-License-Identifier: Apache-2.0
public import NIOCore
internal import OrderedCollections

extension JSON {
    /// Puts attachments back where the text has placeholders: the counterpart of `write(into:attachments:)`.
    ///
    /// An object whose `_placeholder` is `true` stands for `attachments[num]`, whatever else is in it
    /// (socket.io-parser, "binary", does the same). Linear; the attachments are not copied.
    ///
    /// - Parameter attachments: The attachments in the order they were written.
    /// - Throws: If a placeholder's `num` is missing, no integer or out of range; the offset is 0.
    public func reconstructing(_ attachments: [ByteBuffer]) throws(JSONError) -> JSON {
        switch self {
        case .null, .bool, .int, .double, .string, .binary:
            return self
        case .array(var elements):
            for index in elements.indices {
                elements[index] = try elements[index].reconstructing(attachments)
            }
            return .array(elements)
        case .object(var members):
            if members["_placeholder"] == .bool(true) {
                guard let number = members["num"]?.intValue, attachments.indices.contains(number) else {
                    throw JSONError(message: "placeholder without an attachment", offset: 0)
                }
                return .binary(attachments[number])
            }
            for index in members.elements.indices {
                members.values[index] = try members.values[index].reconstructing(attachments)
            }
            return .object(members)
        }
    }
}
