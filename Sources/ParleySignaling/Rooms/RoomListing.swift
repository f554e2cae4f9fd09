// SPDX-License-Identifier: Apache-2.0
internal import ParleyJSON

/// A page of the public rooms, gathered from all loops.
struct RoomListing {
    let limit: Int
    /// Loops that have not answered.
    var missing: Int
    var rooms: [JSON] = []

    /// The ack of `rooms`, nil while a loop is missing.
    var answer: JSON? {
        guard missing == 0 else { return nil }
        let sorted = rooms.sorted { ($0["room"]?.stringValue ?? "") < ($1["room"]?.stringValue ?? "") }
        let page = Array(sorted.prefix(limit))
        var answer: JSON = ["ok": true, "rooms": .array(page)]
        if sorted.count > limit { answer.set("cursor", page.last?["room"]) }
        return answer
    }
}

extension Peer {
    func listRooms(_ payload: Payload, _ ackID: Int?) throws(Refusal) {
        let limit = try payload.int("limit", in: 1...100) ?? 50
        let cursor = try payload.string("cursor", limit: 128)
        guard let ackID else { return }
        listings[ackID] = RoomListing(limit: limit, missing: loop.count)
        // One more, to know whether there is another page.
        loop.list(for: id, ackID, after: cursor, limit: limit + 1, in: scope)
    }

    func listed(_ ackID: Int, _ rooms: [JSON]) {
        listings[ackID]?.missing -= 1
        listings[ackID]?.rooms += rooms
        guard let answer = listings[ackID]?.answer else { return }
        listings[ackID] = nil
        self.answer(ackID, answer)
    }
}
