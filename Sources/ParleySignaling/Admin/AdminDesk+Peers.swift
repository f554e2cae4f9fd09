// SPDX-License-Identifier: Apache-2.0
internal import NIOCore
internal import ParleyEngineIO
internal import ParleyJSON
internal import ParleySocketIO

/// Requests about peers and the server.
extension AdminDesk {
    func stats(for admin: Admin) async -> JSON {
        let figures = await loops.figures()
        let counts = figures.counts
        let (refused, failed) = signaling.refusals.all
        return [
            "ok": true,
            "admin": ["name": .string(admin.name), "isReadOnly": .bool(admin.isReadOnly)],
            "server": [
                "id": .string(configuration.serverID), "name": .string(signaling.serverName),
                "version": .string(signaling.serverVersion), "startedAt": .int(startedAt),
                "draining": .bool(io.isDraining),
            ],
            "connections": .int(Int64(io.connections)),
            "peers": .int(Int64(figures.peersHere + figures.peersAway)), "away": .int(Int64(figures.peersAway)),
            "rooms": .int(Int64(figures.occupiedRooms + figures.emptyRooms)),
            "unconfirmed": .int(Int64(figures.queues.openReceipts)),
            "relays": .counts(counts.relaysByType), "receipts": .counts(counts.receiptsByOutcome),
            "latency": ["count": .int(Int64(counts.latency.count)), "seconds": .double(counts.latency.sum)],
            "residentBytes": .int(Int64(ResidentMemory.bytes)),
            "refused": .counts(refused), "failed": .counts(failed),
            "cursor": .int(signaling.journal?.last ?? 0),
        ]
    }

    /// A page of all peers, by id.
    func peers(_ payload: Payload) async throws(Refusal) -> JSON {
        let limit = try payload.int("limit", in: 1...500) ?? 100
        let cursor = try payload.string("cursor", limit: 128) ?? ""
        let filter = try payload.string("filter", limit: 128)?.lowercased() ?? ""
        let room = try payload.roomIfAny()
        let found = await ask { $0.summaries(after: cursor, limit: limit + 1, filter: filter, in: room) }
        let sorted = found.flatMap { $0 }.sorted { $0.id < $1.id }
        let page = sorted.prefix(limit)
        var answer: JSON = ["ok": true, "peers": .array(page.map(\.json))]
        if sorted.count > limit { answer.set("cursor", page.last.map { .string($0.id) }) }
        return answer
    }

    // MARK: Sanctions

    /// Whom a ban names; a server-wide one of a peer is of its user or address, since it comes back with another id.
    private func named(_ payload: Payload) throws(Refusal) -> AdminDeed.Ban {
        var ban = AdminDeed.Ban()
        ban.user = try payload.string("user", limit: 128)
        ban.address = try payload.string("address", limit: 64)
        if payload["peerId"] != nil, case .peer(let id) = try payload.target("peerId") { ban.peer = id }
        guard ban.user != nil || ban.address != nil || ban.peer != nil else { throw payload.refusal("user") }
        ban.durationMs = try payload.int("durationMs", in: 1...365 * 86_400_000)
        ban.reason = try payload.reason()
        return ban
    }

    func ban(_ payload: Payload, _ admin: Admin) async throws(Refusal) -> JSON {
        var ban = try named(payload)
        if let room = try payload.roomIfAny() { return try await act(.ban(ban), in: room, by: admin) }
        if let id = ban.peer {
            guard let known = await peer(id, { ($0.user, $0.socket.remoteAddress) }) else {
                throw Refusal(.peerNotFound, field: "peerId")
            }
            if let user = known.0 { ban.user = ban.user ?? user } else { ban.address = ban.address ?? known.1 }
        }
        let held = ban.entry(at: .now())
        bans.add(held, to: io.of("/"))
        var moderated: JSON = ["action": "ban", "by": .string(Admin.mark)]
        moderated.set("reason", ban.reason.map(JSON.string))
        let ended = await ask { [moderated] loop in
            loop.end(where: { held.holds(user: $0.user, peer: $0.id, address: $0.socket.remoteAddress) }, moderated)
        }
        return ["ok": true, "peers": .int(Int64(ended.reduce(0, +)))]
    }

    func unban(_ payload: Payload, _ admin: Admin) async throws(Refusal) -> JSON {
        let ban = try named(payload)
        if let room = try payload.roomIfAny() { return try await act(.unban(ban), in: room, by: admin) }
        guard bans.lift(ban) else { throw Refusal(.peerNotFound, message: "No ban of the server names it.") }
        return ["ok": true]
    }

    func disconnect(_ payload: Payload) async throws(Refusal) -> JSON {
        guard case .peer(let id) = try payload.target("peerId") else { throw payload.refusal("peerId") }
        var moderated: JSON = ["action": "disconnect", "by": .string(Admin.mark)]
        moderated.set("reason", try payload.reason().map(JSON.string))
        let isDone = await peer(id) { [moderated] peer in
            peer.notify("moderated", moderated)
            peer.end(.kicked)
            return true
        }
        guard isDone == true else { throw Refusal(.peerNotFound, field: "peerId") }
        return ["ok": true]
    }

    /// Runs `body` with a peer on its loop; nil when there is none.
    private func peer<Value: Sendable>(_ id: SessionID, _ body: @escaping @Sendable (Peer) -> Value) async -> Value? {
        let all = loops.all
        guard all.indices.contains(id.loop) else { return nil }
        let loop = all[id.loop]
        return try? await loop.eventLoop.submit { loop.value.peers[id].map(body) }.get()
    }

    // MARK: The server

    /// A word to everybody in a room, or to all.
    func notice(_ payload: Payload, _ admin: Admin) async throws(Refusal) -> JSON {
        guard let text = try payload.string("text", limit: 1_000), !text.isEmpty else { throw payload.refusal("text") }
        let room = try payload.room()
        var notice: JSON = ["text": .string(text), "at": .int(WallClock.milliseconds)]
        if room.text != "*" {
            notice.set("room", room.json)
            return try await act(.notice(notice), in: room, by: admin)
        }
        let told = await ask { [notice] in $0.tellEverybody("notice", notice) }
        return ["ok": true, "peers": .int(Int64(told.reduce(0, +)))]
    }

    /// Takes nobody new in, so that another server gets them; with `on: false` it does again. Who is connected stays.
    func drain(_ payload: Payload) async throws(Refusal) -> JSON {
        let isOn = try payload.bool("on") ?? true
        io.takesNobodyNew(isOn)
        if isOn { _ = await ask { $0.tellEverybody("server:draining", ["reason": "admin"]) } }
        return ["ok": true, "draining": .bool(isOn)]
    }
}

extension JSON {
    fileprivate static func counts(_ counts: [(String, Int)]) -> JSON {
        .object(.init(counts.map { ($0, .int(Int64($1))) }) { $1 })
    }
}
