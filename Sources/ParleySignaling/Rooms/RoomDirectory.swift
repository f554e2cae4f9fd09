// SPDX-License-Identifier: Apache-2.0
internal import ParleyEngineIO
internal import ParleySocketIO

/// The rooms whose home is one loop. All joins, leaves and messages of a room pass here, which gives them one order; the
/// answers go out as notices, so that a room may as well have its home elsewhere. Confined to its loop.
final class RoomDirectory {
    private struct Entry {
        var state: RoomState
        /// How many members each loop has, by its index.
        var counts: [Int]

        /// The loops that have members.
        var loops: [Int] { counts.indices.filter { counts[$0] > 0 } }
    }

    private unowned let loop: SignalingLoop
    private var rooms: [RoomName: Entry] = [:]

    init(_ loop: SignalingLoop) { self.loop = loop }

    /// The index of the loop that is a room's home.
    static func home(of room: RoomName, loops: Int) -> Int {
        guard loops > 1 else { return 0 }
        // FNV-1a: the same on every loop, unlike Swift's seeded hash.
        let hash = room.text.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        return Int(hash % UInt64(loops))
    }

    func join(_ request: JoinRequest) {
        var entry: Entry
        if let known = rooms[request.room] {
            entry = known
        } else if request.creates {
            let state = RoomState(
                name: request.room, capacity: request.capacity, metadata: request.roomMetadata,
                createdAt: WallClock.milliseconds)
            entry = Entry(state: state, counts: Array(repeating: 0, count: loop.count))
        } else {
            return loop.refuseJoin(request, .roomNotFound)
        }
        switch entry.state.join(request.peer, name: request.name, metadata: request.metadata) {
        case .refused(let code):
            loop.refuseJoin(request, code)
        case .joined(let member):
            let own = request.peer.loop
            let isNewLoop = entry.counts[own] == 0
            entry.counts[own] += 1
            rooms[request.room] = entry
            // Others first: whatever the new peer sends after its ack finds loops that know it.
            for index in entry.loops where index != own {
                loop.notify(index, request.room, .joined(member, room: .null, roster: nil, ackID: nil))
            }
            let roster = isNewLoop ? entry.state.members : nil
            let notice = RoomNotice.joined(member, room: entry.state.json, roster: roster, ackID: request.ackID)
            loop.notify(own, request.room, notice)
        }
    }

    func leave(_ room: RoomName, _ peer: SessionID, reason: LeaveReason) {
        guard var entry = rooms[room], entry.state.leave(peer) != nil else { return }
        let loops = entry.loops
        entry.counts[peer.loop] -= 1
        rooms[room] = entry.state.members.isEmpty ? nil : entry
        for index in loops { loop.notify(index, room, .left(peer, reason: reason)) }
    }

    func message(_ room: RoomName, _ signal: Signal) {
        guard let entry = rooms[room], entry.state.members.contains(where: { $0.id == signal.sender }) else {
            // It left, or was taken out, while the message was under way.
            return loop.refuse(signal, Refusal(.notInRoom, field: "room"))
        }
        if let ackID = signal.ackID {
            let others = entry.state.members.map(\.id).filter { $0 != signal.sender }
            loop.notify(signal.sender.loop, room, .accepted(signal.sender, ackID: ackID, members: others))
        }
        for index in entry.loops { loop.notify(index, room, .message(signal)) }
    }
}
