// SPDX-License-Identifier: Apache-2.0
package import ParleyJSON

/// The id of a room. Two names are the same when their bytes are: Swift's strings would also take two spellings of "ñ" for
/// one, and then a room could have two homes.
package struct RoomName: Hashable, Sendable, CustomStringConvertible {
    package let text: String

    package init(_ text: String) { self.text = text }

    package static func == (left: RoomName, right: RoomName) -> Bool {
        guard left.text.utf8.count == right.text.utf8.count else { return false }
        var (left, right) = (left.text, right.text)
        return left.withUTF8 { left in right.withUTF8 { left.elementsEqual($0) } }
    }

    package func hash(into hasher: inout Hasher) {
        var copy = text
        copy.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }

    package var description: String { text }

    /// The name as clients see it.
    package var json: JSON { .string(text) }
}
