// SPDX-License-Identifier: Apache-2.0
internal import NIOCore
internal import ParleyEngineIO
internal import ParleyJSON
internal import ParleyTLS

/// Changing a room and its members: metadata, rules, sanctions.
extension RoomDirectory {
    // MARK: Metadata

    func update(_ act: RoomAct, _ set: JSON?, _ remove: [String]) throws(Refusal) {
        var (entry, member) = try entry(of: act)
        var metadata = member.metadata.objectValue ?? [:]
        for key in remove { metadata[key] = nil }
        for (key, value) in set?.objectValue ?? [:] { metadata[key] = value }
        guard JSON.object(metadata).text.utf8.count <= loop.configuration.maxMetadataBytes else {
            throw Refusal(.tooLarge, field: "set")
        }
        member.metadata = .object(metadata)
        member.version += 1
        entry.state[act.peer] = member
        notify(entry, .updated(member, tellsRole: false))
        let answer: JSON = ["ok": true, "version": .int(Int64(member.version))]
        loop.answer(act.peer, act.ackID, event: act.event, .success(answer))
    }

    // MARK: Rules

    /// A new password is hashed off the loop before the rules change.
    func hash(_ act: RoomAct, _ change: SettingsChange) throws(Refusal) {
        _ = try moderated(act)
        guard let password = change.password ?? nil else { return try apply(act, change, .some(nil)) }
        try slowly(act, { PasswordHash(password) }) { directory, act, hash in
            guard let hash else { return directory.refuse(act, Refusal(.internalError)) }
            do throws(Refusal) { try directory.apply(act, change, hash) } catch { directory.refuse(act, error) }
        }
    }

    func apply(_ act: RoomAct, _ change: SettingsChange, _ password: PasswordHash??) throws(Refusal) {
        let (entry, member) = try moderated(act)
        let answer = try apply(change, password, to: entry, by: member.id.description)
        loop.answer(act.peer, act.ackID, event: act.event, .success(answer))
        if !entry.state.settings.hasLobby { openLobby(act.room) }
    }

    /// Puts rules into force and tells everybody; returns the answer for whoever wanted them.
    func apply(
        _ change: SettingsChange, _ password: PasswordHash??, to entry: Entry, by: String
    ) throws(Refusal) -> JSON {
        guard entry.state.call == nil else { throw Refusal(.forbidden, message: "The room of a call stays as it is.") }
        change.apply(to: &entry.state.settings)
        if let password { entry.state.settings.password = password }
        if let metadata = change.metadata { entry.state.metadata = metadata }
        let room = entry.state.name
        let (settings, metadata) = (entry.state.settings.json, entry.state.metadata)
        notify(
            entry,
            .event("room:updated", ["room": room.json, "settings": settings, "metadata": metadata, "by": .string(by)]))
        loop.record(.roomUpdated, in: room) { ["settings": settings, "by": .string(by)] }
        return ["ok": true, "settings": settings, "metadata": metadata]
    }

    /// There is no lobby any more: those who wait come in while there are seats.
    func openLobby(_ room: RoomName) {
        while let entry = self[room], let next = entry.state.lobby.waiting.first {
            guard let member = entry.state.admit(next.id) else { return }
            welcome(member, to: entry, .knock)
            knockGone(next.id, in: entry)
        }
    }

    // MARK: Sanctions

    func moderate(_ act: RoomAct, _ moderation: Moderation) throws(Refusal) {
        let (entry, actor) = try moderated(act)
        if moderation.action == .unban { return try unban(act, moderation) }
        guard moderation.action != .lobby || entry.state.settings.hasLobby else {
            throw Refusal(.badPayload, field: "action", message: "The room has no lobby.")
        }
        let targets: [Member]
        switch moderation.target {
        case .everybody:
            guard moderation.action != .role else { throw Refusal(.badPayload, field: "peerId") }
            targets = entry.state.members.filter { entry.state.may(actor, actOn: $0) }
        case .peer(let id):
            guard let member = entry.state[id] else { throw Refusal(.peerNotFound, field: "peerId") }
            guard entry.state.may(actor, actOn: member) else { throw Refusal(.forbidden, field: "peerId") }
            targets = [member]
        case nil: throw Refusal(.badPayload, field: "peerId")
        }
        if moderation.action == .role { return try change(act, moderation, actor, targets) }
        guard !moderation.action.asksClient else { return ask(act, moderation, targets) }
        for target in targets { remove(target, act, moderation) }
        done(act, targets.map(\.id))
    }

    /// What its token allows a member has changed.
    func regrant(_ act: RoomAct, _ moderates: Bool) {
        guard let entry = self[act.room], let member = entry.state.regrant(act.peer, moderates: moderates) else {
            return  // it has left meanwhile, or has the role by other means
        }
        notify(entry, .updated(member, tellsRole: true))
        if moderates { knocksNew(to: member, of: entry) }
    }

    private func done(_ act: RoomAct, _ targets: [SessionID]) {
        let results = targets.map { ["peerId": .string($0.description), "status": "done"] as JSON }
        loop.answer(act.peer, act.ackID, event: act.event, .success(["ok": true, "results": .array(results)]))
    }

    /// The clients of the targets shall do something; their acks are gathered where the moderator is.
    private func ask(_ act: RoomAct, _ moderation: Moderation, _ targets: [Member]) {
        let members = Packets.members(sanction(moderation))
        let signal = Signal(
            kind: .moderated, sender: act.peer, attachments: [], ackID: act.ackID, confirmation: .delivered,
            timeoutMs: loop.configuration.defaultTimeoutMs, size: members.readableBytes + 128)
        if let ackID = act.ackID {
            loop.notify(act.peer.loop, act.room, .accepted(act.peer, ackID: ackID, members: targets.map(\.id)))
        }
        for target in targets {
            record(moderation, of: target.id, in: act.room, by: act.peer.description)
            members.withUnsafeReadableBytes {
                loop.deliver(signal, SignalMembers(joined: $0), to: target.id, in: act.room)
            }
        }
    }

    private func record(_ moderation: Moderation, of target: SessionID?, in room: RoomName, by: String) {
        loop.record(.moderated, in: room, of: target) { sanction(moderation).overlaid(with: ["by": .string(by)]) }
    }

    private func sanction(_ moderation: Moderation) -> JSON {
        var event: JSON = ["action": .string(moderation.action.rawValue)]
        event.set("role", moderation.role.map { .string($0.rawValue) })
        event.set("reason", moderation.reason.map(JSON.string))
        return event
    }

    private func tell(_ id: SessionID, _ moderation: Moderation, in room: RoomName, by: String) {
        let place: JSON = ["room": room.json, "by": .string(by)]
        loop.tell(id, "moderated", sanction(moderation).overlaid(with: place))
        record(moderation, of: id, in: room, by: by)
    }

    /// Takes a member out for what a moderation says, and tells it why.
    func expel(_ id: SessionID, from room: RoomName, for moderation: Moderation, by: String) {
        tell(id, moderation, in: room, by: by)
        leave(room, id, moderation.action == .ban ? .banned : .kicked)
    }

    private func remove(_ target: Member, _ act: RoomAct, _ moderation: Moderation) {
        guard let entry = self[act.room] else { return }
        if moderation.action == .ban {
            let until = moderation.durationMs.map { loop.eventLoop.now + .milliseconds(Int64($0)) } ?? .distantFuture
            entry.state.bans.add(target, by: moderation.marks, until: until)
        }
        expel(target.id, from: act.room, for: moderation, by: act.peer.description)
        guard moderation.action == .lobby, let entry = self[act.room] else { return }
        let visitor = Visitor(
            id: target.id, user: target.user, name: target.name, address: target.address, metadata: target.metadata)
        guard entry.state.lobby.add(visitor) != nil else { return }
        loop.waits(target.id, in: act.room, true)
        for moderator in entry.state.moderators { knockNew(visitor, to: moderator, of: act.room) }
    }

    private func unban(_ act: RoomAct, _ moderation: Moderation) throws(Refusal) {
        let (entry, _) = try moderated(act)
        var peer: SessionID?
        if case .peer(let id)? = moderation.target { peer = id }
        guard entry.state.bans.lift(user: moderation.user, peer: peer, address: moderation.address) else {
            throw Refusal(.peerNotFound, message: "No ban of this room names it.")
        }
        record(moderation, of: peer, in: act.room, by: act.peer.description)
        done(act, peer.map { [$0] } ?? [])
    }

    private func change(_ act: RoomAct, _ moderation: Moderation, _ actor: Member, _ targets: [Member]) throws(Refusal)
    {
        guard actor.role == .owner else { throw Refusal(.forbidden, message: "Only the owner gives out roles.") }
        guard let role = moderation.role else { throw Refusal(.badPayload, field: "role") }
        guard let entry = self[act.room], var target = targets.first else { return }
        target.appoint(role)
        entry.state[target.id] = target
        var changed = [target]
        if role == .owner {
            var former = actor
            former.appoint(.moderator)
            entry.state[actor.id] = former
            changed.append(former)
        }
        tell(target.id, moderation, in: act.room, by: act.peer.description)
        for member in changed { notify(entry, .updated(member, tellsRole: true)) }
        if role >= .moderator { knocksNew(to: target, of: entry) }
        done(act, [target.id])
    }
}
