// SPDX-License-Identifier: Apache-2.0
internal import NIOCore
internal import ParleyEngineIO
internal import ParleyJSON

/// Coming into rooms, leaving them, and whom a peer meets there.
extension Peer {
    func join(_ payload: Payload, _ ackID: Int?) throws(Refusal) {
        let room = try payload.room()
        let settings = try payload.object("settings")
        guard scope.contains(room) else { throw Refusal(.forbidden, field: "room") }
        var visitor = self.visitor
        visitor.metadata = try payload.metadata("metadata", limit: loop.configuration.maxMetadataBytes) ?? metadata
        visitor.message = try payload.string("message", limit: 500)
        let request = JoinRequest(
            visitor: visitor,
            proof: try payload.string("password", limit: loop.configuration.maxPasswordCharacters)
                .map { .password($0) } ?? .none,
            creates: try payload.bool("create") ?? true && permit?.grants.creates ?? true,
            settings: try settings.map { settings throws(Refusal) in
                try SettingsChange(settings, loop.configuration, maxCapacity: maxCapacity)
            } ?? SettingsChange(), maxCapacity: maxCapacity)
        let most = loop.configuration.maxRoomsPerPeer
        guard rooms.count + pendingJoins + waitingIn.count < most else {
            throw Refusal(.rateLimited, message: "A peer can be in \(most) rooms at a time.")
        }
        pendingJoins += 1
        loop.act(RoomAct(room: room, peer: id, ackID: ackID, kind: .join(request)))
    }

    /// This peer, as it asks to come in.
    var visitor: Visitor {
        Visitor(
            id: id, user: user, name: name, address: socket.remoteAddress, metadata: metadata, moderates: mayModerate)
    }

    /// The room has let this peer in.
    func joined(_ view: RoomView, as member: Member, room: ByteBuffer, _ reply: JoinReply) {
        rooms.append(view)
        view.add(self)
        if loop.showsRooms { socket.joinOnLoop([view.name.text]) }
        waitingIn.removeAll { $0 == view.name }
        switch reply {
        case .ack(let ackID):
            pendingJoins -= 1
            answer(ackID) { write(into: &$0, joined: view, member, room) }
        case .knock:
            notify(
                Packets.event("knock:result") { result in
                    result.set("room", text: view.nameJSON)
                    result.set("admitted", true)
                    result.set("joined") { write(into: &$0, joined: view, member, room) }
                })
        case .accept(let call, let ackID):
            answer(ackID) { answer in
                answer.set("ok", true)
                write(into: &answer, accepted: call, view, member)
            }
        case .accepted(let call):
            notify(Packets.event("call:accepted") { write(into: &$0, accepted: call, view, member) })
        }
        if isAway, !isLeaving { loop.act(RoomAct(room: view.name, peer: id, kind: .presence(isAway: true))) }
    }

    private func write(
        into answer: inout ObjectText, joined view: RoomView, _ member: Member, _ room: ByteBuffer
    ) {
        answer.set("ok", true)
        answer.set("room", text: room)
        answer.set("self") { member.write(into: &$0) }
        answer.set("peers", each: view.others(than: member)) { $1.write(into: &$0, asSeenBy: member) }
        answer.set("iceServers", iceServers())
    }

    func leave(_ payload: Payload, _ ackID: Int?) throws(Refusal) {
        let name = try payload.roomIfAny()
        if let name, !isMember(of: name), !waitingIn.contains(name) { throw Refusal(.notInRoom, field: "room") }
        for view in rooms where name == nil || view.name == name {
            removed(from: view)
            loop.act(RoomAct(room: view.name, peer: id, kind: .leave(.left)))
        }
        for room in waitingIn where name == nil || room == name {
            loop.act(RoomAct(room: room, peer: id, kind: .leave(.left)))
        }
        waitingIn.removeAll { name == nil || $0 == name }
        answer(ackID) { $0.set("ok", true) }
    }

    /// This peer is in the room no more, by its own will or not.
    func removed(from view: RoomView) {
        view.remove(self)
        rooms.removeAll { $0 === view }
        if loop.showsRooms { socket.leaveOnLoop(view.name.text) }
        closeReceipts(.left) { $0.room === view }
        for id in reports.keys { forgetReports(of: id) }
    }

    /// Who is in a room, to repair a view of it.
    func peers(_ payload: Payload, _ ackID: Int?) throws(Refusal) {
        let name = try payload.room()
        guard let view = rooms.first(where: { $0.name == name }), let own = view.members[id] else {
            throw Refusal(.notInRoom, field: "room")
        }
        answer(ackID) { answer in
            answer.set("ok", true)
            answer.set("room", text: view.nameJSON)
            answer.set("peers", each: view.others(than: own)) { $1.write(into: &$0, asSeenBy: own) }
        }
    }

    func isMember(of room: RoomName) -> Bool { rooms.contains { $0.name == room } }

    /// A room that both are in, the named one if one is named. For a peer of the same loop.
    func sharedRoom(with other: Peer, named name: RoomName?) -> RoomView? {
        rooms.first { view in (name == nil || view.name == name) && other.rooms.contains { $0 === view } }
    }

    /// The same, for a peer of any loop.
    func sharedRoom(with other: SessionID, named name: RoomName?) -> RoomView? {
        rooms.first { (name == nil || $0.name == name) && $0.members[other] != nil }
    }
}
