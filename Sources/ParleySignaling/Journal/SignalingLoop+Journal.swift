// SPDX-License-Identifier: Apache-2.0
internal import ParleyEngineIO
internal import ParleyJSON
internal import ParleySocketIO

extension SignalingLoop {
    /// Writes down what has happened, where somebody wants to know.
    func record(_ kind: Fact.Kind, in room: RoomName? = nil, of peer: SessionID? = nil, _ data: () -> JSON = { [:] }) {
        guard let journal = configuration.journal else { return }
        journal.record(Fact(at: WallClock.milliseconds, kind: kind, room: room, peer: peer, data: data()))
    }
}

extension Member {
    /// Who it is, for those who run the server.
    var identity: JSON {
        var identity: JSON = ["role": .string(role.rawValue), "address": .string(address)]
        identity.set("user", user.map(JSON.string))
        identity.set("name", name.map(JSON.string))
        return identity
    }
}

extension Peer {
    /// The same of somebody who is in no room yet.
    var identity: JSON {
        var identity: JSON = [
            "connection": .int(Int64(socket.connectionNumber)), "address": .string(socket.remoteAddress),
        ]
        identity.set("user", user.map(JSON.string))
        identity.set("name", name.map(JSON.string))
        return identity
    }
}
