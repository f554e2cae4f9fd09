// SPDX-License-Identifier: Apache-2.0
internal import NIOConcurrencyHelpers
internal import NIOCore
internal import ParleyJSON
internal import ParleySocketIO

/// What one admin wants to hear of the journal.
final class AdminSubscription: Sendable {
    private struct Choice {
        var id: Int
        /// Nil for all.
        var types: Set<Fact.Kind>?
        var rooms: RoomScope
    }

    /// Facts that are sent in one turn of the loop.
    private static let batch = 200
    /// How long facts are gathered before they are sent, so that a flood of them costs few turns.
    private static let pause = TimeAmount.milliseconds(50)

    private let socket: Socket
    private let journal: Journal?
    private let choice = NIOLockedValueBox<Choice?>(nil)

    init(_ socket: Socket, _ journal: Journal?) {
        self.socket = socket
        self.journal = journal
    }

    /// `subscribe {types?, rooms?, since?}`: sends an `event` for each fact from now on, or after the cursor `since`. Takes
    /// the place of an earlier subscription.
    func begin(_ payload: Payload) throws(Refusal) -> JSON {
        guard let journal else { throw Refusal(.internalError) }
        let types = try payload.names("types").map { names throws(Refusal) in
            Set(
                try names.map { name throws(Refusal) in
                    guard let kind = Fact.Kind(rawValue: name) else {
                        throw payload.refusal("types", .badPayload, "There is no type \(name.prefix(40)).")
                    }
                    return kind
                })
        }
        let rooms = RoomScope(patterns: try payload.names("rooms"))
        let since = try payload.int("since", in: 0...Int.max).map(Int64.init)
        end()
        let last = journal.last
        let id = journal.follow(after: since ?? last) { [weak self] in self?.wake(after: Self.pause) }
        choice.withLockedValue { $0 = Choice(id: id, types: types, rooms: rooms) }
        wake(after: .zero)
        return ["ok": true, "cursor": .int(last)]
    }

    func end() {
        if let choice = choice.withLockedValue({ $0.take() }) { journal?.unfollow(choice.id) }
    }

    private func wake(after pause: TimeAmount) {
        socket.eventLoop.scheduleTask(in: pause) { [weak self] in self?.send() }
    }

    private func send() {
        guard let choice = choice.withLockedValue({ $0 }), let journal, socket.isConnectedOnLoop else { return }
        // A slow admin reads later, from what the journal still knows then.
        guard socket.isWritable else { return wake(after: Self.pause * 4) }
        let (facts, lost) = journal.take(choice.id, limit: Self.batch)
        if lost > 0 { socket.emit("event", ["type": "gap", "data": ["lost": .int(Int64(lost))]]) }
        for fact in facts where choice.types?.contains(fact.kind) ?? true {
            if choice.rooms.patterns == nil || fact.room.map(choice.rooms.contains) ?? false {
                socket.emit("event", fact.json)
            }
        }
        // Until nothing is left, so that the journal tells of the next.
        if !facts.isEmpty { wake(after: facts.count == Self.batch ? .zero : Self.pause) }
    }
}

extension Payload {
    /// An array of at most 64 names.
    fileprivate func names(_ field: String) throws(Refusal) -> [String]? {
        guard let value = self[field] else { return nil }
        guard let elements = value.arrayValue, elements.count <= 64 else { throw refusal(field) }
        return try elements.map { element throws(Refusal) in
            guard let name = element.stringValue, name.utf8.count <= 512 else { throw refusal(field) }
            return name
        }
    }
}
