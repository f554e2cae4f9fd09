// SPDX-License-Identifier: Apache-2.0
internal import ParleyEngineIO
internal import ParleyJSON

extension Peer {
    /// What both parties of an accepted call are told: the room, and who else is there.
    func callAnswer(_ call: SessionID, _ view: RoomView, _ member: Member) -> JSON {
        var answer: JSON = [
            "ok": true, "callId": .string(call.description), "room": view.name.json, "iceServers": iceServers(),
        ]
        answer.set("peer", view.others(than: member)[0])
        return answer
    }
}

extension RoomDirectory {
    /// Opens the private room of an accepted call, with both parties in it.
    func open(_ room: RoomName, _ opening: CallOpening) {
        guard self[room] == nil else { return }
        var settings = RoomSettings(capacity: 2)
        settings.isLocked = true
        var entry = create(room, settings, [:])
        entry.state.call = opening.call
        let caller = entry.state.add(opening.caller)
        let callee = entry.state.add(opening.callee)
        // Each sees the other from the first: the loops get to know both before either is told.
        welcome(caller, to: &entry, .accepted(call: opening.call))
        welcome(callee, to: &entry, .accept(call: opening.call, ackID: opening.ackID))
    }
}
