// SPDX-License-Identifier: Apache-2.0
package import NIOCore
package import ParleyEngineIO
internal import ParleyJSON
internal import ParleyTransport

/// Who may not come into a room: by user, by peer, by address. Pure.
package struct BanList: Sendable {
    package static let maxBans = 1024

    /// One decision; it holds for whoever has any of the three.
    package struct Ban: Sendable {
        package var user: String?
        package var peer: SessionID?
        package var address: String?
        package var until: NIODeadline
        package var reason: String?

        func holds(user: String?, peer: SessionID?, address: String?) -> Bool {
            peer != nil && self.peer == peer || user != nil && self.user == user
                || address != nil && self.address == address
        }
    }

    /// By what a ban knows people.
    package enum Mark: String, Sendable, CaseIterable { case user, peer, address }

    private var bans: [Ban] = []

    /// Bans a member. Without `marks`: by its user if it has one, otherwise by its peer id and its address, unless that is
    /// the machine's own, where it would hold for everybody on it.
    package mutating func add(_ member: Member, by marks: Set<Mark>?, until: NIODeadline) {
        let isLocal = member.address.hasPrefix("127.") || member.address == "::1" || member.address.isEmpty
        let chosen = marks ?? (member.user != nil ? [.user, .peer] : isLocal ? [.peer] : [.peer, .address])
        add(
            Ban(
                user: chosen.contains(.user) ? member.user : nil,
                // A member that has nothing of what was asked for is known by its id at least.
                peer: chosen.contains(.peer) || chosen == [.user] && member.user == nil ? member.id : nil,
                address: chosen.contains(.address) ? member.address : nil, until: until))
    }

    /// Adds a ban; of too many the oldest one goes.
    package mutating func add(_ ban: Ban) {
        if bans.count >= Self.maxBans { bans.removeFirst() }
        bans.append(ban)
    }

    /// Lifts every ban that names any of these. False when there is none.
    package mutating func lift(user: String?, peer: SessionID?, address: String?) -> Bool {
        let count = bans.count
        bans.removeAll { $0.holds(user: user, peer: peer, address: address) }
        return bans.count < count
    }

    package mutating func holds(_ visitor: Visitor, at now: NIODeadline) -> Bool {
        holds(user: visitor.user, peer: visitor.id, address: visitor.address, at: now)
    }

    package mutating func holds(user: String?, peer: SessionID?, address: String?, at now: NIODeadline) -> Bool {
        bans.removeAll { $0.until <= now }
        return bans.contains { $0.holds(user: user, peer: peer, address: address) }
    }

    /// Those that hold, the oldest first, as those see them who run the server.
    func listing(at now: NIODeadline) -> JSON {
        .array(
            bans.filter { $0.until > now }.map { ban in
                var json: JSON = [:]
                json.set("user", ban.user.map(JSON.string))
                json.set("peerId", ban.peer.map { .string($0.description) })
                json.set("address", ban.address.map(JSON.string))
                json.set("reason", ban.reason.map(JSON.string))
                if ban.until < .distantFuture {
                    json.set("remainingMs", .int((ban.until - now).nanoseconds / 1_000_000))
                }
                return json
            })
    }

    /// When the last ban ends; nil when there is none.
    package func end(at now: NIODeadline) -> NIODeadline? { bans.map(\.until).filter { $0 > now }.max() }
}

/// Tries of passwords by address, an IPv6 one by its first 64 bits, but those that were right. Pure.
package struct PasswordTries: Sendable {
    private static let allowed = 5
    private static let window = TimeAmount.minutes(1)
    private static let maxAddresses = 1024

    private var tries: [AddressKey?: (count: Int, since: NIODeadline)] = [:]

    /// How long an address has to wait for its next try, in milliseconds; nil when it need not.
    package func wait(of address: String, at now: NIODeadline) -> Int? {
        guard let (count, since) = tries[AddressKey(address)], count >= Self.allowed, now - since < Self.window else {
            return nil
        }
        return Int((Self.window - (now - since)).nanoseconds / 1_000_000) + 1
    }

    package mutating func begun(_ address: String, at now: NIODeadline) {
        let address = AddressKey(address)
        if let (count, since) = tries[address], now - since < Self.window {
            tries[address] = (count + 1, since)
            return
        }
        if tries.count >= Self.maxAddresses { tries = tries.filter { now - $0.value.since < Self.window } }
        if tries.count >= Self.maxAddresses { tries.removeAll() }
        tries[address] = (1, now)
    }

    package mutating func succeeded(_ address: String) { tries[AddressKey(address)] = nil }
}
