// SPDX-License-Identifier: Apache-2.0
package import ParleyEngineIO
package import ParleyJSON

/// What a room knows of one of its peers.
package struct Member: Sendable {
    package enum Role: String, Sendable { case owner, moderator, member }

    package var id: SessionID
    /// The place in the order of joining; of two members the one with the higher number joined later.
    package var order: Int
    package var role: Role
    package var name: String?
    package var metadata: JSON

    /// The peer as `other` sees it. `polite` and `initiator` are the part that `other` plays towards this peer: of a pair,
    /// the later joiner is polite and makes the first offer.
    package func seen(by other: Member) -> JSON {
        let isLater = other.order > order
        var peer: JSON = [
            "peerId": .string(id.description), "role": .string(role.rawValue), "metadata": metadata, "state": "here",
            "polite": .bool(isLater), "initiator": .bool(isLater),
        ]
        peer.set("name", name.map(JSON.string))
        return peer
    }

    /// The peer as it sees itself.
    package var ownView: JSON {
        var view: JSON = ["peerId": .string(id.description), "role": .string(role.rawValue), "metadata": metadata]
        view.set("name", name.map(JSON.string))
        return view
    }
}

/// The truth about one call room: who is in it, in which order, under which rules. Pure; kept by the room's home loop.
package struct RoomState: Sendable {
    package let name: RoomName
    package private(set) var capacity: Int
    package private(set) var metadata: JSON
    /// Milliseconds since 1970.
    package let createdAt: Int64
    package private(set) var members: [Member] = []
    private var joins = 0

    package init(name: RoomName, capacity: Int, metadata: JSON, createdAt: Int64) {
        self.name = name
        self.capacity = capacity
        self.metadata = metadata
        self.createdAt = createdAt
    }

    package enum JoinAction: Sendable {
        case joined(Member)
        case refused(ErrorCode)
    }

    /// A peer asks to come in. The first one becomes the owner.
    package mutating func join(_ id: SessionID, name: String?, metadata: JSON) -> JoinAction {
        guard !members.contains(where: { $0.id == id }) else { return .refused(.alreadyJoined) }
        guard members.count < capacity else { return .refused(.roomFull) }
        joins += 1
        let member = Member(
            id: id, order: joins, role: joins == 1 ? .owner : .member, name: name, metadata: metadata)
        members.append(member)
        return .joined(member)
    }

    /// A peer has left. Nil when it was not here.
    package mutating func leave(_ id: SessionID) -> Member? {
        guard let index = members.firstIndex(where: { $0.id == id }) else { return nil }
        return members.remove(at: index)
    }

    /// The room as clients see it.
    package var json: JSON {
        [
            "id": name.json, "settings": ["capacity": .int(Int64(capacity))], "metadata": metadata,
            "createdAt": .int(createdAt),
        ]
    }
}

extension JSON {
    /// Sets a member of an object when there is a value for it.
    mutating func set(_ key: String, _ value: JSON?) {
        guard let value, case .object(var object) = self else { return }
        object[key] = value
        self = .object(object)
    }
}
