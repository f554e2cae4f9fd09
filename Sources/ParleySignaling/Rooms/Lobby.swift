// SPDX-License-Identifier: Apache-2.0
package import ParleyEngineIO

/// Those who have knocked and wait to be let in, first come first. Pure.
package struct Lobby: Sendable {
    package static let maxWaiting = 256

    package private(set) var waiting: [Visitor] = []

    /// The place in the queue, counted from 1.
    package func position(of id: SessionID) -> Int? { waiting.firstIndex { $0.id == id }.map { $0 + 1 } }

    /// Puts somebody at the end and returns the place; nil when the lobby is full.
    package mutating func add(_ visitor: Visitor) -> Int? {
        guard waiting.count < Self.maxWaiting else { return nil }
        waiting.append(visitor)
        return waiting.count
    }

    package mutating func remove(_ id: SessionID) -> Visitor? {
        guard let index = waiting.firstIndex(where: { $0.id == id }) else { return nil }
        return waiting.remove(at: index)
    }

    package mutating func removeAll() -> [Visitor] {
        defer { waiting = [] }
        return waiting
    }
}
