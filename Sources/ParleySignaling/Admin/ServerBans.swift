// SPDX-License-Identifier: Apache-2.0
internal import NIOConcurrencyHelpers
internal import NIOCore
internal import ParleyEngineIO
internal import ParleyJSON
internal import ParleySocketIO

/// Who may not connect at all. One for all loops.
final class ServerBans: Sendable {
    private let bans = NIOLockedValueBox(BanList())
    private let isWatching = NIOLockedValueBox(false)

    /// Adds a ban. The first one puts the question before every CONNECT of the namespace.
    func add(_ ban: BanList.Ban, to namespace: Namespace) {
        bans.withLockedValue { $0.add(ban) }
        let isFirst = isWatching.withLockedValue { watches in
            defer { watches = true }
            return !watches
        }
        if isFirst { namespace.use { [self] socket in try admit(socket) } }
    }

    func lift(_ ban: AdminDeed.Ban) -> Bool {
        bans.withLockedValue { $0.lift(user: ban.user, peer: ban.peer, address: ban.address) }
    }

    var listing: JSON { bans.withLockedValue { $0.listing(at: .now()) } }

    private func admit(_ socket: Socket) throws {
        let user = Peer.user(socket.attachment as? Admission, socket.auth)
        let isBanned = bans.withLockedValue {
            $0.holds(user: user, peer: nil, address: socket.remoteAddress, at: .now())
        }
        guard isBanned else { return }
        throw ConnectError("You are banned from this server.", data: ["code": "banned", "retryable": false])
    }
}
