// SPDX-License-Identifier: Apache-2.0

/// The rooms that a client may join: names, in which `*` stands for any run of characters. Pure.
struct RoomScope: Sendable {
    /// Nil for all rooms.
    let patterns: [String]?

    static let all = RoomScope(patterns: nil)

    func contains(_ room: RoomName) -> Bool {
        guard let patterns else { return true }
        let name = Array(room.text.utf8)
        return patterns.contains { Self.matches(name, Array($0.utf8)) }
    }

    /// Compares from the left; at a mismatch the last `*` takes one byte more. Never goes back behind it, so the work is
    /// at most the product of both lengths.
    private static func matches(_ name: [UInt8], _ pattern: [UInt8]) -> Bool {
        var (at, ahead) = (0, 0)
        var star: (pattern: Int, name: Int)?
        while at < name.count {
            if ahead < pattern.count, pattern[ahead] == UInt8(ascii: "*") {
                star = (ahead, at)
                ahead += 1
            } else if ahead < pattern.count, pattern[ahead] == name[at] {
                (at, ahead) = (at + 1, ahead + 1)
            } else if let last = star {
                star = (last.pattern, last.name + 1)
                (at, ahead) = (last.name + 1, last.pattern + 1)
            } else {
                return false
            }
        }
        return pattern[ahead...].allSatisfy { $0 == UInt8(ascii: "*") }
    }
}
