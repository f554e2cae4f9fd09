// SPDX-License-Identifier: Apache-2.0
internal import DequeModule
internal import ParleyEngineIO
internal import ParleyJSON

/// The rooms it is home to, and its part of all others.
extension SignalingLoop {
    func view(_ room: RoomName) -> RoomView? { views[room] }

    /// Hands something to whoever decides about the room.
    func act(_ act: RoomAct) {
        let home = RoomDirectory.home(of: act.room, loops: count)
        if home == index { decide(act) } else { send(.act(act), to: home) }
    }

    /// One after the other: telling of one act may cause another, such as when a connection turns out to be broken.
    func decide(_ act: RoomAct) {
        guard !isDeciding else { return undecided.append(act) }
        isDeciding = true
        authority.act(act)
        while let next = undecided.popFirst() { authority.act(next) }
        isDeciding = false
    }

    /// From a room's home: what has happened there.
    func notify(_ loop: Int, _ room: RoomName, _ notice: RoomNotice) {
        if loop == index { noticed(room, notice) } else { send(.notice(room, notice), to: loop) }
    }

    func noticed(_ room: RoomName, _ notice: RoomNotice) {
        guard let view = views[room] ?? begun(room, by: notice) else {
            if case .accepted(let sender, let ackID, let members) = notice {
                peers[sender]?.gathers(ackID, from: members)
            }
            return
        }
        view.noticed(notice, on: self)
        if !view.hasMembers(on: index) { views[room] = nil }
    }

    /// The view of a room that this loop knew nothing of; nil when a notice is not the beginning of one.
    private func begun(_ room: RoomName, by notice: RoomNotice) -> RoomView? {
        guard case .joined(_, _, let roster?, _) = notice else { return nil }
        let view = RoomView(name: room)
        views[room] = view
        roster.forEach(view.add)
        return view
    }

    /// From a room's home: a peer is in the lobby, or was turned away.
    func waits(_ id: SessionID, in room: RoomName, _ isWaiting: Bool) {
        guard id.loop == index else { return send(.waits(id, room, isWaiting), to: id.loop) }
        if let peer = peers[id] {
            peer.waitingIn.removeAll { $0 == room }
            if isWaiting { peer.waitingIn.append(room) }
        } else if isWaiting {
            act(RoomAct(room: room, peer: id, kind: .leave(.disconnected)))
        }
    }

    /// The public rooms of all loops.
    func list(for asker: SessionID, _ ackID: Int, after cursor: String?, limit: Int, in scope: RoomScope) {
        for loop in 0..<count {
            if loop == index {
                peers[asker]?.listed(ackID, directory.listing(after: cursor, limit: limit, in: scope))
            } else {
                send(.list(asker, ackID: ackID, cursor: cursor, limit: limit, scope), to: loop)
            }
        }
    }

    /// Rooms whose home this is.
    var roomCount: Int { directory.count }

    func overview(after cursor: String?, limit: Int, filter: String) -> [JSON] {
        directory.overview(after: cursor, limit: limit, filter: filter)
    }
}
