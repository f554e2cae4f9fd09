// SPDX-License-Identifier: Apache-2.0
internal import DequeModule
internal import ParleyJSON

/// The events that wait to be sent to a webhook, in one order. Those of a room, its call included, have numbers from 1
/// without a gap, so that who gets them sees what was dropped. Pure.
struct EventQueue {
    private let capacity: Int
    /// Makes the ids of events differ from those of another run of the server.
    private let run: String
    private var waiting: Deque<JSON> = []
    /// The last number of each room that there is.
    private var numbers: [RoomName: Int64] = [:]
    /// Events that nobody will get.
    private(set) var dropped = 0

    /// - Parameter run: tells this run of the server from others.
    init(capacity: Int, run: String) {
        self.capacity = max(1, capacity)
        self.run = run
    }

    var count: Int { waiting.count }

    /// Something has happened; whether webhooks are told of it is decided here.
    mutating func add(_ fact: Fact) {
        guard Self.tells(fact.kind) else { return }
        var event: JSON = ["id": .string("\(run)-\(fact.cursor)")]
        event = event.overlaid(with: fact.json.without("cursor"))
        event.set("sequence", number(of: fact).map(JSON.int))
        append(event)
    }

    /// The journal has forgotten facts that were not taken. Nobody knows of which rooms, so all begin anew.
    mutating func lost(_ count: Int, at milliseconds: Int64) {
        dropped += count
        numbers = [:]
        append(["at": .int(milliseconds), "type": "gap", "data": ["lost": .int(Int64(count))]])
    }

    /// Takes out the first events, `limit` at most.
    mutating func take(_ limit: Int) -> [JSON] {
        let taken = Array(waiting.prefix(limit))
        waiting.removeFirst(taken.count)
        return taken
    }

    /// Events that were taken cannot be sent.
    mutating func gaveUp(_ count: Int) { dropped += count }

    private mutating func append(_ event: JSON) {
        if waiting.count >= capacity {
            waiting.removeFirst()
            dropped += 1
        }
        waiting.append(event)
    }

    private static func tells(_ kind: Fact.Kind) -> Bool {
        switch kind {
        case .roomCreated, .roomClosed, .peerJoined, .peerLeft, .callStarted, .callMissed, .callEnded: true
        case .roomUpdated, .peerConnected, .peerResumed, .peerDisconnected, .peerAway, .peerBack, .moderated,
            .administered:
            false
        }
    }

    /// Nil for what has no room: a call that nobody took.
    private mutating func number(of fact: Fact) -> Int64? {
        guard let room = fact.room else { return nil }
        let number = numbers[room, default: 0] + 1
        numbers[room] = fact.kind == .roomClosed ? nil : number
        return number
    }
}
