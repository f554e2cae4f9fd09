// SPDX-License-Identifier: Apache-2.0
package import NIOCore

/// An EVENT as it came: the bytes of its JSON, not parsed. The bytes live until the method that got them returns.
package struct EventPacket {
    /// The JSON array, name first.
    package var payload: UnsafeRawBufferPointer
    /// The id under which the client wants an answer.
    package var ackID: Int?
    package var attachments: [ByteBuffer]
}

/// Names that the protocol keeps for itself (socket.io-parser, reserved events).
enum ReservedEvents {
    static let names: Set<String> = [
        "connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener",
    ]
    /// The bytes of the shortest, `connect`.
    static let shortest = 7
}

/// Reads the JSON of a packet into values, as strictly as the official decoder does.
package enum PayloadReader {
    /// Whether a name belongs to the protocol.
    package static func isReserved(_ name: UnsafeRawBufferPointer) -> Bool {
        name.count >= ReservedEvents.shortest && ReservedEvents.names.contains(String(decoding: name, as: UTF8.self))
    }

    /// The name and arguments of an event, nil when the payload is none.
    package static func event(_ payload: UnsafeRawBufferPointer, _ attachments: [ByteBuffer]) -> (
        name: String, arguments: [JSON]
    )? {
        guard var items = array(payload, attachments), !items.isEmpty else { return nil }
        switch items.removeFirst() {
        case .string(let name): return ReservedEvents.names.contains(name) ? nil : (name, items)
        case .int(let number): return (String(number), items)
        case .double(let number): return (String(number), items)
        default: return nil
        }
    }

    /// The values of an array, nil when the payload is none.
    static func array(_ payload: UnsafeRawBufferPointer, _ attachments: [ByteBuffer]) -> [JSON]? {
        // Why it failed is of no use to anybody: the connection ends either way.
        guard let value = try? JSON(parsing: payload) else { return nil }
        return attachments.isEmpty ? value.arrayValue : (try? value.reconstructing(attachments))?.arrayValue
    }
}
