// SPDX-License-Identifier: Apache-2.0
internal import NIOCore
internal import ParleyEngineIO
internal import ParleyJSON
internal import ParleyTLS

/// What those who run the server do in a room, by its home and in its order.
extension RoomDirectory {
    func administer(_ room: RoomName, _ deed: AdminDeed, by admin: Admin) -> Result<JSON, Refusal> {
        Result { () throws(Refusal) in
            if case .create(let change, let password) = deed { return try create(room, change, password) }
            guard let entry = self[room] else { throw Refusal(.roomNotFound, field: "room") }
            switch deed {
            case .create: throw Refusal(.internalError)
            case .describe: return entry.state.description(at: loop.eventLoop.now)
            case .bans: return ["ok": true, "bans": entry.state.bans.listing(at: loop.eventLoop.now)]
            case .change(let change, let password):
                let answer = try apply(change, password, to: entry, by: Admin.mark)
                if !entry.state.settings.hasLobby { openLobby(room) }
                return answer
            case .close(let reason):
                close(room, reason)
                return ["ok": true]
            case .kick(let target, let reason): return try kick(target, reason, in: entry)
            case .ban(let ban): return self.ban(ban, in: entry)
            case .unban(let ban):
                guard entry.state.bans.lift(user: ban.user, peer: ban.peer, address: ban.address) else {
                    throw Refusal(.peerNotFound, message: "No ban of this room names it.")
                }
                return ["ok": true]
            case .notice(let notice):
                notify(entry, .event("notice", notice))
                return ["ok": true, "peers": .int(Int64(entry.state.members.count))]
            }
        }
    }

    /// A room that nobody is in yet. It stays for as long as its rules say that it outlives its last member, or the longest
    /// time that this may be.
    private func create(_ room: RoomName, _ change: SettingsChange, _ password: PasswordHash?) throws(Refusal) -> JSON {
        guard self[room] == nil else { throw Refusal(.alreadyJoined, message: "There is a room of this name.") }
        var settings = RoomSettings(capacity: defaultCapacity)
        settings.emptyTimeoutMs = loop.configuration.maxEmptyTimeoutMs
        change.apply(to: &settings)
        settings.password = password
        guard settings.emptyTimeoutMs > 0 else { throw Refusal(.badPayload, field: "settings.emptyTimeoutMs") }
        guard hasRoomForEmpty else { throw Refusal(.serverFull, message: "Too many rooms are empty.") }
        let entry = create(room, settings, change.metadata ?? [:])
        keepEmpty(entry, for: .milliseconds(Int64(settings.emptyTimeoutMs)))
        return ["ok": true, "settings": settings.json, "metadata": entry.state.metadata]
    }

    private func kick(_ target: Target, _ reason: String?, in entry: Entry) throws(Refusal) -> JSON {
        var moderation = Moderation(action: .kick)
        moderation.reason = reason
        let targets: [SessionID]
        switch target {
        case .everybody: targets = entry.state.members.map(\.id)
        case .peer(let id):
            guard entry.state[id] != nil else { throw Refusal(.peerNotFound, field: "peerId") }
            targets = [id]
        }
        for id in targets { expel(id, from: entry.state.name, for: moderation, by: Admin.mark) }
        return ["ok": true, "peers": .int(Int64(targets.count))]
    }

    private func ban(_ ban: AdminDeed.Ban, in entry: Entry) -> JSON {
        let held = ban.entry(at: loop.eventLoop.now)
        entry.state.bans.add(held)
        var moderation = Moderation(action: .ban)
        moderation.reason = ban.reason
        let targets = entry.state.members.filter { held.holds(user: $0.user, peer: $0.id, address: $0.address) }
        for member in targets { expel(member.id, from: entry.state.name, for: moderation, by: Admin.mark) }
        for visitor in entry.state.lobby.waiting
        where held.holds(user: visitor.user, peer: visitor.id, address: visitor.address) {
            leave(entry.state.name, visitor.id, .banned)
            turnAway(visitor.id, from: entry.state.name, "banned")
        }
        return ["ok": true, "peers": .int(Int64(targets.count))]
    }

    /// The rooms after `cursor` whose names hold `filter`, by name; private ones, too.
    func overview(after cursor: String?, limit: Int, filter: String) -> [JSON] {
        let names = names.filter { name in
            name > cursor ?? "" && (filter.isEmpty || name.lowercased().contains(filter))
        }
        return names.sorted().prefix(limit).compactMap { self[RoomName($0)]?.state.overview }
    }
}

extension AdminDeed.Ban {
    func entry(at now: NIODeadline) -> BanList.Ban {
        BanList.Ban(
            user: user, peer: peer, address: address,
            until: durationMs.map { now + .milliseconds(Int64($0)) } ?? .distantFuture, reason: reason)
    }
}

extension RoomState {
    /// The room in a list.
    fileprivate var overview: JSON {
        var overview = listing
        overview.set("away", .int(Int64(members.count { $0.isAway })))
        overview.set("waiting", .int(Int64(lobby.waiting.count)))
        overview.set("callId", call.map { .string($0.description) })
        return overview
    }

    /// All that there is to know of a room.
    fileprivate func description(at now: NIODeadline) -> JSON {
        var room = overview
        room.set("ok", true)
        room.set(
            "members",
            .array(
                members.map { member in
                    let own: JSON = .object { member.write(into: &$0) }
                    return own.overlaid(with: [
                        "address": .string(member.address), "state": .string(member.isAway ? "away" : "here"),
                    ])
                }))
        room.set(
            "lobby",
            .array(
                lobby.waiting.map { visitor in
                    var json: JSON = ["peerId": .string(visitor.id.description), "address": .string(visitor.address)]
                    json.set("user", visitor.user.map(JSON.string))
                    json.set("name", visitor.name.map(JSON.string))
                    return json
                }))
        room.set("bans", bans.listing(at: now))
        return room
    }
}
