// SPDX-License-Identifier: Apache-2.0
import ParleyEngineIO
import ParleyJSON
import Testing

@testable import ParleySignaling

@Suite("Events for a webhook")
struct EventWebhookTests {
    private var cursor: Int64 = 0

    private mutating func fact(_ kind: Fact.Kind, _ room: String? = nil) -> Fact {
        cursor += 1
        var fact = Fact(at: cursor * 10, kind: kind, room: room.map { RoomName($0) }, peer: nil, data: [:])
        fact.cursor = cursor
        return fact
    }

    private func numbers(_ events: [JSON]) -> [Int?] { events.map { $0["sequence"]?.intValue.map { Int($0) } } }

    @Test("Rooms are numbered apart, from 1 each time that they come into being")
    mutating func numbering() {
        var queue = EventQueue(capacity: 100, run: "r")
        let facts: [(Fact.Kind, String?)] = [
            (.peerConnected, nil), (.roomCreated, "a"), (.roomCreated, "b"), (.peerJoined, "a"), (.peerAway, "a"),
            (.peerJoined, "b"), (.roomUpdated, "a"), (.peerLeft, "a"), (.roomClosed, "a"), (.roomCreated, "a"),
            (.roomClosed, "b"), (.roomCreated, "c"), (.callStarted, "c"), (.peerJoined, "c"), (.callMissed, nil),
            (.peerLeft, "c"), (.callEnded, "c"), (.roomClosed, "c"), (.administered, nil),
        ]
        for (kind, room) in facts { queue.add(fact(kind, room)) }
        let events = queue.take(100)
        #expect(numbers(events) == [1, 1, 2, 2, 3, 4, 1, 3, 1, 2, 3, nil, 4, 5, 6])
        #expect(events[0]["id"]?.stringValue == "r-2" && events[0]["cursor"] == nil)
        #expect(events[0]["type"]?.stringValue == "room:created" && events[0]["room"]?.stringValue == "a")
        #expect(queue.take(100).isEmpty && queue.dropped == 0)
    }

    @Test("Of too many the oldest go, and their numbers are missing")
    mutating func bound() {
        var queue = EventQueue(capacity: 3, run: "r")
        queue.add(fact(.roomCreated, "a"))
        for _ in 0..<9 { queue.add(fact(.peerJoined, "a")) }
        #expect(queue.count == 3 && queue.dropped == 7)
        #expect(numbers(queue.take(2)) == [8, 9])
        queue.gaveUp(2)
        #expect(queue.count == 1 && queue.dropped == 9)
    }

    @Test("What the journal has lost is told, and the numbers begin anew")
    mutating func gap() {
        var queue = EventQueue(capacity: 10, run: "r")
        queue.add(fact(.roomCreated, "a"))
        queue.lost(5, at: 7)
        queue.add(fact(.peerJoined, "a"))
        let events = queue.take(10)
        #expect(events[1] == ["at": 7, "type": "gap", "data": ["lost": 5]])
        #expect(numbers(events) == [1, nil, 1] && queue.dropped == 5)
    }

    @Test("Pauses grow to a minute, and chance halves them at most")
    func pauses() {
        let longest = (1...20).map { Backoff.pause(after: $0, chance: 0) }
        #expect(longest.prefix(7) == [1, 2, 4, 8, 16, 32, 60] && longest.dropFirst(6).allSatisfy { $0 == 60 })
        #expect((1...20).map { Backoff.pause(after: $0, chance: 1) } == longest.map { $0 / 2 })
        #expect(Backoff.pause(after: 10_000, chance: 0.5) == 45)
    }
}
