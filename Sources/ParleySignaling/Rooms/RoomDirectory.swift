// SPDX-License-Identifier: Apache-2.0
internal import NIOCore
internal import ParleyEngineIO
internal import ParleyJSON
internal import ParleySocketIO
internal import ParleyTLS

/// The rooms whose home is one loop. Everything that is done in a room passes here, which gives it one order; the outcomes
/// go out as notices and answers. Confined to its loop.
final class RoomDirectory: RoomAuthority {
    /// A class: as a value it was copied, and looked up again, with each change.
    final class Entry {
        var state: RoomState
        /// How many members each loop has, by its index.
        var counts: [Int]
        /// Ends the room that nobody is in.
        var end: Scheduled<Void>?
        /// The call whose private room this is.
        var call: CallOpening?
        /// Why the room is being closed, with its members still in it.
        var closing: String?

        init(state: RoomState, loops: Int) {
            self.state = state
            counts = Array(repeating: 0, count: loops)
        }

        /// The loops that have members.
        var loops: [Int] { counts.indices.filter { counts[$0] > 0 } }
    }

    /// Rooms that outlive their last member; more are closed at once.
    static let maxEmptyRooms = 10_000

    unowned let loop: SignalingLoop
    private var rooms: [RoomName: Entry] = [:]
    private(set) var emptyRooms = 0
    /// Of a room whose creator names none.
    let defaultCapacity: Int

    init(_ loop: SignalingLoop) {
        self.loop = loop
        defaultCapacity = loop.configuration.defaultCapacity
    }

    /// The index of the loop that is a room's home.
    static func home(of room: RoomName, loops: Int) -> Int {
        guard loops > 1 else { return 0 }
        // FNV-1a: the same on every loop, unlike Swift's seeded hash.
        let hash = room.text.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        return Int(hash % UInt64(loops))
    }

    func act(_ act: RoomAct) {
        do throws(Refusal) {
            switch act.kind {
            case .join(let request): try join(act, request)
            case .leave(let reason): leave(act.room, act.peer, reason)
            case .presence(let isAway): presence(act, isAway)
            case .message(let signal): message(act.room, signal)
            case .update(let set, let remove): try update(act, set, remove)
            case .settings(let change): try change.password == nil ? apply(act, change, nil) : hash(act, change)
            case .answerKnock(let target, let isAdmitted, let reason):
                try answerKnock(act, target, isAdmitted, reason)
            case .moderate(let moderation): try moderate(act, moderation)
            case .regrant(let moderates): regrant(act, moderates)
            case .open(let opening): open(act.room, opening)
            case .close(let reason): close(act.room, reason)
            case .administer(let deed, let admin, let answer): answer(administer(act.room, deed, by: admin))
            }
        } catch {
            refuse(act, error)
        }
    }

    func refuse(_ act: RoomAct, _ refusal: Refusal) {
        loop.answer(act.peer, act.ackID, event: act.event, .failure(refusal))
    }

    // MARK: Rooms by name

    var names: [String] { rooms.keys.map(\.text) }
    var count: Int { rooms.count }
    var hasRoomForEmpty: Bool { emptyRooms < Self.maxEmptyRooms }

    subscript(room: RoomName) -> Entry? { rooms[room] }

    /// A room, for one of its members.
    func entry(of act: RoomAct) throws(Refusal) -> (entry: Entry, member: Member) {
        guard let entry = rooms[act.room], let member = entry.state[act.peer] else {
            throw Refusal(.notInRoom, field: "room")
        }
        return (entry, member)
    }

    /// The same, for a member that sees to order.
    func moderated(_ act: RoomAct) throws(Refusal) -> (entry: Entry, member: Member) {
        let (entry, member) = try entry(of: act)
        guard member.role >= .moderator else {
            throw Refusal(.forbidden, message: "Only the owner and moderators of the room may do this.")
        }
        return (entry, member)
    }

    /// A new room, with nobody in it.
    func create(_ name: RoomName, _ settings: RoomSettings, _ metadata: JSON) -> Entry {
        loop.record(.roomCreated, in: name) { ["settings": settings.json] }
        let entry = Entry(
            state: RoomState(name: name, settings: settings, metadata: metadata, createdAt: WallClock.milliseconds),
            loops: loop.count)
        rooms[name] = entry
        return entry
    }

    /// Tells all loops with members, and `first` last: whatever it says next finds loops that know.
    func notify(_ entry: Entry, _ notice: RoomNotice) {
        for index in entry.loops { loop.notify(index, entry.state.name, notice) }
    }

    /// The public rooms after `cursor`, by name.
    func listing(after cursor: String?, limit: Int, in scope: RoomScope) -> [JSON] {
        let shown = rooms.values.map(\.state).filter {
            $0.settings.isPublic && $0.name.text > cursor ?? "" && scope.contains($0.name)
        }
        return shown.sorted { $0.name.text < $1.name.text }.prefix(limit).map(\.listing)
    }

    // MARK: Members

    /// A peer is in the state already: it is counted, and everybody is told.
    func welcome(_ member: Member, to entry: Entry, _ reply: JoinReply) {
        let own = member.id.loop
        guard entry.counts.indices.contains(own) else { return }
        if let end = entry.end.take() {
            end.cancel()
            emptyRooms -= 1
        }
        loop.record(.peerJoined, in: entry.state.name, of: member.id) { member.identity }
        let isNewLoop = entry.counts[own] == 0
        entry.counts[own] += 1
        // Others first: whatever the new peer sends after its ack finds loops that know it.
        for index in entry.loops where index != own {
            loop.notify(index, entry.state.name, .joined(member, room: ByteBuffer(), roster: nil, .ack(nil)))
        }
        let roster = isNewLoop ? entry.state.members : nil
        loop.notify(own, entry.state.name, .joined(member, room: entry.state.text, roster: roster, reply))
    }

    func leave(_ room: RoomName, _ peer: SessionID, _ reason: LeaveReason) {
        guard let entry = rooms[room] else { return }
        if entry.state.lobby.remove(peer) != nil { return knockGone(peer, in: entry) }
        guard let (member, successor) = entry.state.leave(peer) else { return }
        let loops = entry.loops
        entry.counts[peer.loop] -= 1
        loop.record(.peerLeft, in: room, of: peer) {
            member.identity.overlaid(with: ["reason": .string(reason.rawValue)])
        }
        for index in loops { loop.notify(index, room, .left(peer, reason: reason)) }
        if let successor {
            notify(entry, .updated(successor, tellsRole: true))
            knocksNew(to: successor, of: entry)
        }
        if let call = entry.state.call { loop.callLeft(call, by: member.id, reason) }
        if entry.state.members.isEmpty { emptied(entry) } else if !entry.state.settings.hasLobby { openLobby(room) }
    }

    private func presence(_ act: RoomAct, _ isAway: Bool) {
        guard let entry = rooms[act.room], var member = entry.state[act.peer], member.isAway != isAway else { return }
        member.isAway = isAway
        entry.state[act.peer] = member
        loop.record(isAway ? .peerAway : .peerBack, in: act.room, of: act.peer)
        notify(entry, .presence(act.peer, isAway: isAway))
    }

    private func message(_ room: RoomName, _ signal: Signal) {
        guard let entry = rooms[room], entry.state[signal.sender] != nil else {
            // It left, or was taken out, while the message was under way.
            return loop.refuse(signal, Refusal(.notInRoom, field: "room"))
        }
        if let ackID = signal.ackID {
            let others = entry.state.members.map(\.id).filter { $0 != signal.sender }
            loop.notify(signal.sender.loop, room, .accepted(signal.sender, ackID: ackID, members: others))
        }
        notify(entry, .message(signal))
    }

    // MARK: The end of a room

    private func emptied(_ entry: Entry) {
        let room = entry.state.name
        for visitor in entry.state.lobby.removeAll() { turnAway(visitor.id, from: room, "room_closed") }
        let now = loop.eventLoop.now
        let bans = entry.state.bans.end(at: now).map { min($0 - now, .hours(1)) } ?? .zero
        let stay = max(bans, .milliseconds(Int64(entry.state.settings.emptyTimeoutMs)))
        guard stay > .zero, emptyRooms < Self.maxEmptyRooms, entry.state.call == nil, entry.closing == nil else {
            return forget(room, entry.closing ?? "empty")
        }
        keepEmpty(entry, for: stay)
    }

    /// Keeps a room that nobody is in for a while.
    func keepEmpty(_ entry: Entry, for stay: TimeAmount) {
        emptyRooms += 1
        entry.end = loop.eventLoop.assumeIsolated().scheduleTask(in: stay) { [unowned self, room = entry.state.name] in
            forget(room, "empty")
        }
    }

    private func forget(_ room: RoomName, _ reason: String) {
        guard let entry = rooms.removeValue(forKey: room) else { return }
        if let end = entry.end {
            end.cancel()
            emptyRooms -= 1
        }
        if let call = entry.call {
            loop.record(.callEnded, in: room, of: call.caller.id) {
                call.identity.overlaid(with: ["durationMs": .int(WallClock.milliseconds - entry.state.createdAt)])
            }
        }
        loop.record(.roomClosed, in: room) {
            [
                "reason": .string(reason), "durationMs": .int(WallClock.milliseconds - entry.state.createdAt),
                "joins": .int(Int64(entry.state.joins)),
            ]
        }
    }

    func close(_ room: RoomName, _ reason: String) {
        guard let entry = rooms[room] else { return }
        notify(entry, .event("room:closed", ["room": room.json, "reason": .string(reason)]))
        let call = entry.state.call.take()
        entry.closing = reason
        // The owner last: nobody inherits a room that is no more.
        for member in entry.state.members.reversed() { leave(room, member.id, .roomClosed) }
        // Nobody was in it.
        forget(room, reason)
        // The call's home knows, unless somebody who runs the server has closed the room.
        if let call { loop.tell(.closed(call)) }
    }
}
