// SPDX-License-Identifier: Apache-2.0
package import ParleyEngineIO
package import ParleyJSON

/// Somebody who asks to come into a room.
package struct Visitor: Sendable {
    package var id: SessionID
    package var user: String?
    package var name: String?
    /// The address of the other end of its connection.
    package var address: String
    package var metadata: JSON
    /// A word to those who let people in.
    package var message: String?
    /// It is a moderator in every room that it comes into, past lock and lobby.
    package var moderates: Bool

    package init(
        id: SessionID, user: String? = nil, name: String? = nil, address: String = "", metadata: JSON = [:],
        message: String? = nil, moderates: Bool = false
    ) {
        self.moderates = moderates
        self.id = id
        self.user = user
        self.name = name
        self.address = address
        self.metadata = metadata
        self.message = message
    }
}

/// What a room knows of one of its peers.
package struct Member: Sendable {
    package enum Role: String, Sendable, Comparable {
        case member, moderator, owner

        private var rank: Int {
            switch self {
            case .member: 0
            case .moderator: 1
            case .owner: 2
            }
        }

        package static func < (left: Role, right: Role) -> Bool { left.rank < right.rank }
    }

    package let id: SessionID
    /// The place in the order of joining; of two members the one with the higher number joined later.
    package let order: Int
    package internal(set) var role: Role
    /// It is a moderator because its token says so, and as long as it does.
    private(set) var moderatesByGrant: Bool
    package let user: String?
    package let name: String?
    package let address: String
    package var metadata: JSON
    /// Counts the changes of the metadata.
    package var version = 0
    package var isAway = false

    init(_ visitor: Visitor, order: Int, role: Role) {
        id = visitor.id
        self.order = order
        self.role = role
        moderatesByGrant = role == .moderator && visitor.moderates
        user = visitor.user
        name = visitor.name
        address = visitor.address
        metadata = visitor.metadata
    }

    /// The owner gives it a role, which no token takes away.
    mutating func appoint(_ role: Role) {
        self.role = role
        moderatesByGrant = false
    }

    /// A new token lets it moderate, or no longer does. Whether its role is another now.
    mutating func regrant(moderates: Bool) -> Bool {
        guard moderates ? role == .member : role == .moderator && moderatesByGrant else { return false }
        role = moderates ? .moderator : .member
        moderatesByGrant = moderates
        return true
    }

    /// The peer as `other` sees it. `polite` and `initiator` are the part that `other` plays towards this peer: of a pair,
    /// the later joiner is polite and makes the first offer.
    func write(into peer: inout ObjectText, asSeenBy other: Member) {
        let isLater = other.order > order
        write(into: &peer)
        peer.set("state", isAway ? "away" : "here")
        peer.set("polite", isLater)
        peer.set("initiator", isLater)
    }

    /// The peer as it sees itself.
    func write(into view: inout ObjectText) {
        view.set("peerId", id)
        view.set("role", role.rawValue)
        view.set("metadata", metadata)
        view.set("version", Int64(version))
        view.set("user", user)
        view.set("name", name)
    }
}

extension JSON {
    /// An object with the members of another over its own.
    func overlaid(with other: JSON?) -> JSON {
        guard case .object(var object) = self, let members = other?.objectValue else { return self }
        for (key, value) in members { object[key] = value }
        return .object(object)
    }

    /// Sets a member of an object when there is a value for it.
    mutating func set(_ key: String, _ value: JSON?) {
        guard let value, case .object(var object) = self else { return }
        // Not held twice while it changes.
        self = .null
        object[key] = value
        self = .object(object)
    }

    /// The same object without one of its members.
    func without(_ key: String) -> JSON {
        guard case .object(var object) = self else { return self }
        object[key] = nil
        return .object(object)
    }
}
