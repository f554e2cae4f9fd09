// SPDX-License-Identifier: Apache-2.0
internal import ParleyEngineIO
internal import ParleyJSON

/// Coming into rooms, leaving them, and whom a peer meets there.
extension Peer {
    func join(_ payload: JSON, _ ackID: Int?) throws(Refusal) {
        let request = try JoinRequest(payload, from: self, ackID: ackID)
        guard rooms.count + pendingJoins < loop.configuration.maxRoomsPerPeer else {
            throw Refusal(
                .rateLimited, message: "A peer can be in \(loop.configuration.maxRoomsPerPeer) rooms at a time.")
        }
        pendingJoins += 1
        loop.join(request)
    }

    /// The room has let this peer in.
    func joined(_ view: RoomView, as member: Member, room: JSON, ackID: Int?) {
        pendingJoins -= 1
        rooms.append(view)
        view.add(self)
        guard let ackID else { return }
        let answer: JSON = [
            "ok": true, "room": room, "self": member.ownView, "peers": view.others(than: member), "iceServers": [],
        ]
        send(Packets.ack(ackID, answer))
    }

    /// The room has not let this peer in.
    func joinRefused(_ ackID: Int?, _ refusal: Refusal) {
        pendingJoins -= 1
        refuse(ackID, event: "join", refusal)
    }

    func leave(_ payload: JSON, _ ackID: Int?) throws(Refusal) {
        let name = (payload.stringValue ?? payload["room"]?.stringValue).map(RoomName.init)
        if name == nil, !payload.isNull, payload["room"].map({ !$0.isNull }) ?? (payload.objectValue == nil) {
            throw Refusal(.badPayload, field: "room")
        }
        if let name, !isMember(of: name) { throw Refusal(.notInRoom, field: "room") }
        for view in rooms where name == nil || view.name == name {
            view.remove(self)
            loop.leave(view.name, id, .left)
        }
        rooms.removeAll { name == nil || $0.name == name }
        for receipt in receipts.close(where: { receipt in !rooms.contains { $0 === receipt.room } }) {
            socket.giveUpAck(receipt.ackID)
            Relay.report(
                ReceiptOutcome(id, .failed(.peerLeft)), receipt.kind, to: receipt.sender, receipt.senderAckID, on: loop)
        }
        if let ackID { send(Packets.ack(ackID, ["ok": true])) }
    }

    /// Who is in a room, to repair a view of it.
    func peers(_ payload: JSON, _ ackID: Int?) throws(Refusal) {
        guard let name = (payload.stringValue ?? payload["room"]?.stringValue).map(RoomName.init) else {
            throw Refusal(.badPayload, field: "room")
        }
        guard let view = rooms.first(where: { $0.name == name }), let own = view.members[id] else {
            throw Refusal(.notInRoom, field: "room")
        }
        if let ackID { send(Packets.ack(ackID, ["ok": true, "room": name.json, "peers": view.others(than: own)])) }
    }

    func isMember(of room: RoomName) -> Bool { rooms.contains { $0.name == room } }

    /// A room that both are in, the named one if one is named. For a peer of the same loop.
    func sharedRoom(with other: Peer, named name: RoomName?) -> RoomView? {
        for view in rooms where name == nil || view.name == name {
            for theirs in other.rooms where theirs === view { return view }
        }
        return nil
    }

    /// The same, for a peer of any loop.
    func sharedRoom(with other: SessionID, named name: RoomName?) -> RoomView? {
        rooms.first { (name == nil || $0.name == name) && $0.members[other] != nil }
    }
}
