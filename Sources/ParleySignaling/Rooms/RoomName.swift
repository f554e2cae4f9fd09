// SPDX-License-Identifier: Apache-2.0
package import ParleyJSON

/// The id of a room. Two names are the same when their bytes are: Swift's strings would also take two spellings of "ñ" for
/// one, and then a room could have two homes.
package struct RoomName: Hashable, Sendable, CustomStringConvertible {
    package let text: String

    package init(_ text: String) { self.text = text }

    package static func == (left: RoomName, right: RoomName) -> Bool {
        // For most names both are the same text, and short.
        guard left.text.utf8.count == right.text.utf8.count, left.text == right.text else { return false }
        var (left, right) = (left.text, right.text)
        return left.withUTF8 { left in right.withUTF8 { areSame(left, $0) } }
    }

    /// Whether two texts of one length have the same bytes.
    private static func areSame(_ left: UnsafeBufferPointer<UInt8>, _ right: UnsafeBufferPointer<UInt8>) -> Bool {
        for index in left.indices where left[index] != right[index] { return false }
        return true
    }

    package func hash(into hasher: inout Hasher) {
        var copy = text
        copy.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }

    package var description: String { text }

    /// The name as clients see it.
    package var json: JSON { .string(text) }
}
