// SPDX-License-Identifier: Apache-2.0
internal import ParleyEngineIO
internal import ParleyJSON
internal import ParleyTLS

/// Somebody who runs the server, or looks at it.
struct Admin: Sendable {
    /// What peers see in place of the peer id of whoever has acted.
    static let mark = "admin"

    /// As in the audit.
    var name: String
    var address: String
    /// It sees everything and changes nothing.
    var isReadOnly: Bool

    init(_ grants: Grants, address: String) {
        name = grants.user ?? "admin"
        isReadOnly = !grants.administers
        self.address = address
    }
}

/// What an admin can ask for.
enum AdminRequest: String, Sendable, CaseIterable {
    case stats, rooms, room, peers, pairs, bans
    case create, settings, close, kick, ban, unban, notice, drain
    /// Not `disconnect`: that name is the protocol's own, and clients refuse to send it.
    case disconnect = "peer:disconnect"

    var changesSomething: Bool {
        switch self {
        case .stats, .rooms, .room, .peers, .pairs, .bans: false
        default: true
        }
    }
}

/// What an admin does in one room, for whoever decides about the room.
enum AdminDeed: Sendable {
    case describe
    case create(SettingsChange, PasswordHash?)
    /// The outer nil leaves the password, the inner one takes it away.
    case change(SettingsChange, PasswordHash??)
    case close(reason: String)
    case kick(Target, reason: String?)
    case ban(Ban)
    case unban(Ban)
    case bans
    case notice(JSON)

    /// Whom a ban is about: whoever has any of the three.
    struct Ban: Sendable {
        var user: String?
        var peer: SessionID?
        var address: String?
        var durationMs: Int?
        var reason: String?
    }
}
