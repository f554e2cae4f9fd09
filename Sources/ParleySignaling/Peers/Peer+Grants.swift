// SPDX-License-Identifier: Apache-2.0
internal import NIOCore
internal import ParleyEngineIO
internal import ParleyJSON
internal import ParleySocketIO

/// What a client was granted, as long as it holds. Confined to the loop of its peer.
final class PeerGrants {
    var grants: Grants
    /// Warns of the end, then ends.
    var timer: Scheduled<Void>?
    var isRefreshing = false

    init(_ grants: Grants) { self.grants = grants }
}

/// Grants: what they allow, how they end, how they are made new.
extension Peer {
    /// How long before the end the client is told, in milliseconds.
    private static let notice: Int64 = 60_000

    var scope: RoomScope { RoomScope(patterns: permit?.grants.rooms) }
    var mayModerate: Bool { permit?.grants.moderates ?? false }

    /// The largest capacity that it may give a room.
    var maxCapacity: Int { min(loop.configuration.maxCapacity, permit?.grants.capacity ?? .max) }

    /// Who a client is: as the authenticator says, or where there is none, as it says itself.
    static func user(_ admission: Admission?, _ auth: JSON) -> String? {
        if let admission { return admission.grants.user }
        guard let user = auth["user"]?.stringValue, !user.isEmpty, user.count <= 128 else { return nil }
        return user
    }

    // MARK: The end

    /// Waits for the end of the grants, should they have one.
    func watchGrants() {
        guard let permit else { return }
        permit.timer?.cancel()
        permit.timer = nil
        guard let end = permit.grants.expiresAt else { return }
        let left = end * 1_000 - WallClock.milliseconds
        // What ends in more than a day is looked at again then.
        wait(min(max(0, left - Self.notice), 86_400_000)) { peer in
            if end * 1_000 - WallClock.milliseconds > Self.notice { return peer.watchGrants() }
            peer.grantsExpire(at: end)
        }
    }

    private func grantsExpire(at end: Int64) {
        let left = max(0, end * 1_000 - WallClock.milliseconds)
        notify("auth:expiring", ["expiresAt": .int(end * 1_000), "inMs": .int(left)])
        guard loop.peers[id] === self else { return }
        wait(left) { peer in
            peer.notify("auth:expired", [:])
            peer.end(.tokenExpired)
        }
    }

    private func wait(_ milliseconds: Int64, _ body: @escaping (Peer) -> Void) {
        permit?.timer = loop.eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(milliseconds)) { [weak self] in
            guard let self, loop.peers[id] === self else { return }
            body(self)
        }
    }

    // MARK: New ones

    /// `auth:refresh {token}`: the same user brings a newer token.
    func refreshGrants(_ payload: Payload, _ ackID: Int?) throws(Refusal) {
        guard let door = loop.door, let permit else { throw Refusal(.unknownEvent) }
        guard let token = try payload.string("token", limit: CompactToken.maxBytes) else {
            throw payload.refusal("token")
        }
        guard !permit.isRefreshing else { throw Refusal(.rateLimited) }
        permit.isRefreshing = true
        let applicant = Applicant(
            token: token, auth: ["token": .string(token)], address: socket.remoteAddress,
            headers: socket.handshake.headers)
        let bound = NIOLoopBound(self, eventLoop: loop.eventLoop)
        Task {
            let answer: Result<Grants, Refusal>
            do throws(Refusal) { answer = .success(try await door.admit(applicant)) } catch { answer = .failure(error) }
            bound.eventLoop.execute { bound.value.refreshed(answer, ackID) }
        }
    }

    private func refreshed(_ answer: Result<Grants, Refusal>, _ ackID: Int?) {
        guard let permit, loop.peers[id] === self else { return }
        permit.isRefreshing = false
        do throws(Refusal) {
            let grants = try answer.get()
            guard grants.user == user else {
                throw Refusal(.forbidden, field: "token", message: "The token is another user's.")
            }
            self.answer(ackID) { answer in
                answer.set("ok", true)
                if let end = grants.expiresAt { answer.set("expiresAt", end * 1_000) }
            }
            adopt(grants)
        } catch {
            refuse(ackID, event: "auth:refresh", error)
        }
    }

    /// New grants hold from now on, in the rooms that it is in as well.
    func adopt(_ grants: Grants) {
        let moderated = mayModerate
        permit?.grants = grants
        watchGrants()
        for view in rooms where !scope.contains(view.name) {
            expel(from: view, ["reason": "The new token does not name this room."])
        }
        for room in waitingIn where !scope.contains(room) {
            loop.act(RoomAct(room: room, peer: id, kind: .leave(.kicked)))
        }
        waitingIn.removeAll { !scope.contains($0) }
        // Only what is new: an owner may have decided otherwise about what was.
        for view in rooms where mayModerate != moderated {
            loop.act(RoomAct(room: view.name, peer: id, kind: .regrant(moderates: mayModerate)))
        }
    }
}
