// SPDX-License-Identifier: Apache-2.0
internal import NIOCore
internal import ParleyEngineIO
internal import ParleyJSON
internal import ParleyTLS

/// Coming into a room: at once, after a password was compared off the loop, or through the lobby.
extension RoomDirectory {
    func join(_ act: RoomAct, _ request: JoinRequest) throws(Refusal) {
        guard let entry = self[act.room] else {
            guard request.creates else { throw Refusal(.roomNotFound, field: "room") }
            if let password = request.newPassword { return try hash(password, for: act, request) }
            let entry = create(act.room, request)
            // Its creator comes in, whatever the rules.
            return welcome(entry.state.add(request.visitor), to: entry, .ack(act.ackID))
        }
        let admission = entry.state.join(request.visitor, request.proof, at: loop.eventLoop.now)
        switch admission {
        case .refused(let refusal): throw refusal
        case .joined(let member): welcome(member, to: entry, .ack(act.ackID))
        case .waits(let position):
            loop.waits(act.peer, in: act.room, true)
            loop.answer(act.peer, act.ackID, event: "join", .success(waiting(position)))
            for moderator in entry.state.moderators { knockNew(request.visitor, to: moderator, of: act.room) }
        case .checks(let text, let hash):
            try compare(text, hash, for: act, request)
        }
    }

    private func waiting(_ position: Int) -> JSON { ["ok": true, "waiting": true, "position": .int(Int64(position))] }

    private func create(_ name: RoomName, _ request: JoinRequest) -> Entry {
        var settings = RoomSettings(capacity: min(defaultCapacity, request.maxCapacity))
        request.settings.apply(to: &settings)
        if case .matched(let hash) = request.proof { settings.password = hash }
        return create(name, settings, request.settings.metadata ?? [:])
    }

    // MARK: Passwords

    /// The password of a room that does not exist is hashed, then the join begins anew.
    private func hash(_ password: String, for act: RoomAct, _ request: JoinRequest) throws(Refusal) {
        try slowly(act, { PasswordHash(password) }) { [room = act.room] directory, act, hash in
            guard let hash else { return directory.refuse(act, Refusal(.internalError)) }
            var request = request
            // Somebody may have been faster: then this is a try like any other.
            request.proof = directory[room] == nil ? .matched(hash) : .password(password)
            directory.again(act, request)
        }
    }

    private func compare(_ text: String, _ hash: PasswordHash, for act: RoomAct, _ request: JoinRequest) throws(Refusal)
    {
        try slowly(act, { hash.matches(text) }) { [room = act.room] directory, act, isRight in
            guard isRight else { return directory.refuse(act, Refusal(.roomPassword, field: "password")) }
            directory[room]?.state.tries.succeeded(request.visitor.address)
            var request = request
            request.proof = .matched(hash)
            directory.again(act, request)
        }
    }

    private func again(_ act: RoomAct, _ request: JoinRequest) {
        var act = act
        act.kind = .join(request)
        loop.act(act)
    }

    /// Hashes off the loop, and goes on with the result.
    func slowly<Value: Sendable>(
        _ act: RoomAct, _ work: @escaping @Sendable () -> Value,
        _ then: @escaping @Sendable (RoomDirectory, RoomAct, Value) -> Void
    ) throws(Refusal) {
        let bound = NIOLoopBound(self, eventLoop: loop.eventLoop)
        let isAdmitted = loop.hashing.run(work, on: loop.eventLoop) { value in then(bound.value, act, value) }
        guard isAdmitted else {
            throw Refusal(
                .rateLimited, field: "password", message: "Too many passwords are being compared.", retryAfterMs: 5_000)
        }
    }

    // MARK: The lobby

    func knockNew(_ visitor: Visitor, to moderator: Member, of room: RoomName) {
        var knock: JSON = ["room": room.json, "peerId": .string(visitor.id.description)]
        knock.set("user", visitor.user.map(JSON.string))
        knock.set("name", visitor.name.map(JSON.string))
        knock.set("message", visitor.message.map(JSON.string))
        loop.tell(moderator.id, "knock:new", knock)
    }

    /// To somebody who has just come to see to order.
    func knocksNew(to moderator: Member, of entry: Entry) {
        for visitor in entry.state.lobby.waiting { knockNew(visitor, to: moderator, of: entry.state.name) }
    }

    func knockGone(_ id: SessionID, in entry: Entry) {
        let gone: JSON = ["room": entry.state.name.json, "peerId": .string(id.description)]
        for moderator in entry.state.moderators { loop.tell(moderator.id, "knock:gone", gone) }
    }

    /// Tells somebody who has knocked that it may not come in.
    func turnAway(_ id: SessionID, from room: RoomName, _ reason: String?) {
        var result: JSON = ["room": room.json, "admitted": false]
        result.set("reason", reason.map(JSON.string))
        loop.waits(id, in: room, false)
        loop.tell(id, "knock:result", result)
    }

    func answerKnock(_ act: RoomAct, _ target: Target, _ isAdmitted: Bool, _ reason: String?) throws(Refusal) {
        let (entry, _) = try moderated(act)
        let asked: [SessionID]
        switch target {
        case .everybody: asked = entry.state.lobby.waiting.map(\.id)
        case .peer(let id):
            guard entry.state.lobby.position(of: id) != nil else { throw Refusal(.peerNotFound, field: "peerId") }
            asked = [id]
        }
        var admitted: [JSON] = []
        for id in asked {
            if isAdmitted {
                guard let member = entry.state.admit(id) else { break }
                admitted.append(.string(id.description))
                welcome(member, to: entry, .knock)
            } else if entry.state.lobby.remove(id) != nil {
                turnAway(id, from: act.room, reason)
            }
            knockGone(id, in: entry)
        }
        if isAdmitted, admitted.isEmpty, !asked.isEmpty { throw Refusal(.roomFull) }
        loop.answer(act.peer, act.ackID, event: act.event, .success(["ok": true, "admitted": .array(admitted)]))
    }
}

extension JoinRequest {
    /// The password that the room gets when it comes into being by this; nil when it gets none, or it is hashed already.
    fileprivate var newPassword: String? {
        if case .matched = proof { return nil }
        if let wanted = settings.password { return wanted }
        if case .password(let text) = proof { return text }
        return nil
    }
}
