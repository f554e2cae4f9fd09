// SPDX-License-Identifier: Apache-2.0
internal import ParleyEngineIO
internal import ParleyJSON

extension Peer {
    /// What both parties of an accepted call are told: the room, and who else is there.
    func write(into answer: inout ObjectText, accepted call: SessionID, _ view: RoomView, _ member: Member) {
        answer.set("callId", call)
        answer.set("room", text: view.nameJSON)
        answer.set("iceServers", iceServers())
        if let other = view.others(than: member).first {
            answer.set("peer") { other.write(into: &$0, asSeenBy: member) }
        }
    }
}

extension RoomDirectory {
    /// Opens the private room of an accepted call, with both parties in it.
    func open(_ room: RoomName, _ opening: CallOpening) {
        guard self[room] == nil else { return }
        var settings = RoomSettings(capacity: 2)
        settings.isLocked = true
        let entry = create(room, settings, [:])
        entry.state.call = opening.call
        entry.call = opening
        // Here, and not where the call is at home: what happens in a room is written down in one order.
        loop.record(.callStarted, in: room, of: opening.caller.id) { opening.identity }
        let caller = entry.state.add(opening.caller)
        let callee = entry.state.add(opening.callee)
        // Each sees the other from the first: the loops get to know both before either is told.
        welcome(caller, to: entry, .accepted(call: opening.call))
        welcome(callee, to: entry, .accept(call: opening.call, ackID: opening.ackID))
    }
}

extension CallOpening {
    /// Who talks to whom, for those who run the server.
    var identity: JSON {
        var identity: JSON = ["callId": .string(call.description), "to": .string(to)]
        identity.set("user", caller.user.map(JSON.string))
        identity.set("calleeId", .string(callee.id.description))
        identity.set("calleeUser", callee.user.map(JSON.string))
        return identity
    }
}
