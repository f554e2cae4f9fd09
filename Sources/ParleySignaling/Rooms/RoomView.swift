// SPDX-License-Identifier: Apache-2.0
internal import NIOCore
internal import ParleyEngineIO
internal import ParleyJSON

/// What one loop knows of a room that some of its peers are in. Kept up by the home's notices; confined to the loop.
final class RoomView {
    let name: RoomName
    /// The name as JSON, quotes included, ready to be put into packets.
    let nameJSON: ByteBuffer
    /// Everybody, on whatever loop.
    private(set) var members: [SessionID: Member] = [:]
    /// The members on this loop.
    private(set) var peers: [Peer] = []

    init(name: RoomName) {
        self.name = name
        var json = ByteBuffer()
        appendJSONString(name.text, to: &json)
        nameJSON = json
    }

    /// Whether the home counts members on a loop; one that has just left may still be among them.
    func hasMembers(on loop: Int) -> Bool { members.keys.contains { $0.loop == loop } }

    func add(_ member: Member) { members[member.id] = member }
    func add(_ peer: Peer) { peers.append(peer) }

    /// Everybody but one member, in the order of joining.
    func others(than member: Member) -> [Member] {
        guard members.count > 1 else { return [] }
        return members.values.filter { $0.id != member.id }.sorted { $0.order < $1.order }
    }

    func remove(_ peer: Peer) {
        guard let index = peers.firstIndex(where: { $0 === peer }) else { return }
        // The order of local members means nothing.
        peers.swapAt(index, peers.count - 1)
        peers.removeLast()
    }

    // MARK: Notices

    func noticed(_ notice: RoomNotice, on loop: SignalingLoop) {
        switch notice {
        case .joined(let member, let room, let roster, let reply):
            if roster == nil { add(member) }
            joined(member, room, reply, on: loop)
        case .left(let id, let reason): left(id, reason, on: loop)
        case .updated(let member, let tellsRole): updated(member, tellsRole)
        case .presence(let id, let isAway):
            members[id]?.isAway = isAway
            notify(isAway ? "peer:away" : "peer:back", event(of: id), except: id)
        case .event(let name, let payload): notify("\(name)", payload, except: nil)
        case .message(let signal): Relay.arrived(signal, in: self, on: loop)
        case .accepted(let sender, let ackID, let members): loop.peers[sender]?.gathers(ackID, from: members)
        }
    }

    private func joined(_ member: Member, _ room: ByteBuffer, _ reply: JoinReply, on loop: SignalingLoop) {
        for peer in peers where peer.id != member.id {
            guard let other = members[peer.id] else { continue }
            peer.notify(
                Packets.event("peer:joined") { joined in
                    joined.set("room", text: nameJSON)
                    joined.set("peer") { member.write(into: &$0, asSeenBy: other) }
                })
        }
        guard member.id.loop == loop.index else { return }
        if let peer = loop.peers[member.id] {
            peer.joined(self, as: member, room: room, reply)
        } else {
            // It was disconnected while the home decided.
            loop.act(RoomAct(room: name, peer: member.id, kind: .leave(.disconnected)))
        }
    }

    private func left(_ id: SessionID, _ reason: LeaveReason, on loop: SignalingLoop) {
        guard members.removeValue(forKey: id) != nil else { return }
        if !peers.isEmpty {
            let packet = Packets.event("peer:left") { left in
                left.set("room", text: nameJSON)
                left.set("peerId", id)
                left.set("reason", reason.rawValue)
            }.kept
            for peer in peers { peer.notify(packet) }
        }
        // Whoever has left by itself is not here any more.
        if let peer = loop.peers[id], peers.contains(where: { $0 === peer }) { peer.removed(from: self) }
        for peer in peers { peer.forgetReports(of: id) }
    }

    private func updated(_ member: Member, _ tellsRole: Bool) {
        members[member.id] = member
        var updated = event(of: member.id)
        updated.set("metadata", member.metadata)
        updated.set("version", .int(Int64(member.version)))
        if tellsRole { updated.set("role", .string(member.role.rawValue)) }
        notify("peer:updated", updated, except: tellsRole ? nil : member.id)
    }

    private func event(of id: SessionID) -> JSON { ["room": name.json, "peerId": .string(id.description)] }

    private func notify(_ event: String, _ payload: JSON, except id: SessionID?) {
        guard !peers.isEmpty else { return }
        let packet = Packets.event(event, payload).kept
        for peer in peers where peer.id != id { peer.notify(packet) }
    }
}
