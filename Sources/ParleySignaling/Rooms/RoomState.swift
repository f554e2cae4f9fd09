// SPDX-License-Identifier: Apache-2.0
package import NIOCore
package import ParleyEngineIO
package import ParleyJSON
package import ParleyTLS

/// The truth about one call room: who is in it, in which order, under which rules. Pure; kept by the room's home.
package struct RoomState: Sendable {
    package let name: RoomName
    package var settings: RoomSettings
    package var metadata: JSON
    /// Milliseconds since 1970.
    package let createdAt: Int64
    package private(set) var members: [Member] = []
    package var lobby = Lobby()
    package var bans = BanList()
    package var tries = PasswordTries()
    /// The call whose private room this is.
    package var call: SessionID?
    /// How often somebody has come in.
    package private(set) var joins = 0

    package init(name: RoomName, settings: RoomSettings, metadata: JSON = [:], createdAt: Int64) {
        self.name = name
        self.settings = settings
        self.metadata = metadata
        self.createdAt = createdAt
    }

    // MARK: Coming

    /// What a peer that asks to come in knows of the password.
    package enum Proof: Sendable {
        case none
        /// As the peer typed it.
        case password(String)
        /// The typed one was found to match this hash.
        case matched(PasswordHash)
    }

    package enum Admission: Sendable {
        case joined(Member)
        /// In the lobby, at this place, counted from 1.
        case waits(Int)
        /// The password has to be compared with this first.
        case checks(String, PasswordHash)
        case refused(Refusal)
    }

    /// A peer asks to come in. The first one becomes the owner.
    package mutating func join(_ visitor: Visitor, _ proof: Proof = .none, at now: NIODeadline) -> Admission {
        if self[visitor.id] != nil { return .refused(Refusal(.alreadyJoined)) }
        if bans.holds(visitor, at: now) { return .refused(Refusal(.banned)) }
        if let position = lobby.position(of: visitor.id) { return .waits(position) }
        if members.count >= settings.capacity { return .refused(Refusal(.roomFull)) }
        if settings.isLocked, !visitor.moderates { return .refused(Refusal(.roomLocked)) }
        if let password = settings.password {
            switch proof {
            case .matched(password): break
            case .matched, .none: return .refused(Refusal(.roomPassword, field: "password"))
            case .password(let text):
                if let wait = tries.wait(of: visitor.address, at: now) {
                    return .refused(Refusal(.rateLimited, field: "password", retryAfterMs: wait))
                }
                // Counted before it is compared: many tries at once are as many tries.
                tries.begun(visitor.address, at: now)
                return .checks(text, password)
            }
        }
        if settings.hasLobby, !members.isEmpty, !visitor.moderates {
            guard let position = lobby.add(visitor) else { return .refused(Refusal(.roomFull)) }
            return .waits(position)
        }
        return .joined(add(visitor))
    }

    /// Lets a peer in without a question.
    package mutating func add(_ visitor: Visitor) -> Member {
        joins += 1
        let member = Member(
            visitor, order: joins, role: members.isEmpty ? .owner : visitor.moderates ? .moderator : .member)
        members.append(member)
        return member
    }

    /// Lets somebody in from the lobby. Nil when nobody of this id waits, or there is no seat.
    package mutating func admit(_ id: SessionID) -> Member? {
        guard members.count < settings.capacity, let visitor = lobby.remove(id) else { return nil }
        return add(visitor)
    }

    // MARK: Going

    /// A peer goes. `successor` is the member that has become the owner in its place.
    package mutating func leave(_ id: SessionID) -> (member: Member, successor: Member?)? {
        guard let index = members.firstIndex(where: { $0.id == id }) else { return nil }
        let member = members.remove(at: index)
        // A locked room that nobody is in could be opened by nobody.
        if members.isEmpty { settings.isLocked = false }
        guard member.role == .owner, !members.isEmpty, !members.contains(where: { $0.role == .owner }) else {
            return (member, nil)
        }
        members[0].role = .owner
        return (member, members[0])
    }

    // MARK: Members

    package subscript(id: SessionID) -> Member? {
        get { members.first { $0.id == id } }
        set {
            guard let newValue, let index = members.firstIndex(where: { $0.id == id }) else { return }
            members[index] = newValue
        }
    }

    /// Those who let people in and see to order.
    package var moderators: [Member] { members.filter { $0.role >= .moderator } }

    /// A new token lets a member moderate, or no longer does. The member, if its role is another now.
    mutating func regrant(_ id: SessionID, moderates: Bool) -> Member? {
        guard var member = self[id], member.regrant(moderates: moderates) else { return nil }
        self[id] = member
        return member
    }

    /// Whether one member may act on another: the owner on all, moderators on plain members.
    package func may(_ actor: Member, actOn target: Member) -> Bool {
        actor.id != target.id && actor.role >= .moderator && actor.role > target.role
    }

    /// The room as clients see it.
    var text: ByteBuffer {
        ByteBuffer(object: { room in
            room.set("id", name.text)
            room.set("settings") { settings.write(into: &$0) }
            room.set("metadata", metadata)
            room.set("createdAt", createdAt)
        })
    }

    /// The room as it stands in the list of public rooms.
    package var listing: JSON {
        [
            "room": name.json, "peers": .int(Int64(members.count)), "settings": settings.json, "metadata": metadata,
            "createdAt": .int(createdAt),
        ]
    }
}
