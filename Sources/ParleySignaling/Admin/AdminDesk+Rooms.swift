// SPDX-License-Identifier: Apache-2.0
internal import NIOCore
internal import ParleyEngineIO
internal import ParleyJSON
internal import ParleyTLS

/// Requests about rooms.
extension AdminDesk {
    /// A page of all rooms, by name.
    func rooms(_ payload: Payload) async throws(Refusal) -> JSON {
        let limit = try payload.int("limit", in: 1...500) ?? 100
        let cursor = try payload.string("cursor", limit: 128)
        let filter = try payload.string("filter", limit: 128)?.lowercased() ?? ""
        let found = await ask { loop in
            (loop.overview(after: cursor, limit: limit + 1, filter: filter), loop.roomCount)
        }
        let sorted = found.flatMap(\.0).sorted { ($0["room"]?.stringValue ?? "") < ($1["room"]?.stringValue ?? "") }
        let page = Array(sorted.prefix(limit))
        var answer: JSON = [
            "ok": true, "rooms": .array(page), "total": .int(Int64(found.reduce(0) { $0 + $1.1 })),
        ]
        if sorted.count > limit { answer.set("cursor", page.last?["room"]) }
        return answer
    }

    func create(_ payload: Payload, _ admin: Admin) async throws(Refusal) -> JSON {
        let room = try payload.room()
        let change = try settings(payload) ?? SettingsChange()
        return try await act(.create(change, try await hash(change) ?? nil), in: room, by: admin)
    }

    func change(_ payload: Payload, _ admin: Admin) async throws(Refusal) -> JSON {
        let room = try payload.room()
        guard let change = try settings(payload) else { throw payload.refusal("settings") }
        return try await act(.change(change, try await hash(change)), in: room, by: admin)
    }

    private func settings(_ payload: Payload) throws(Refusal) -> SettingsChange? {
        guard let settings = try payload.object("settings") else { return nil }
        return try SettingsChange(settings, signaling, maxCapacity: signaling.maxCapacity)
    }

    private func hash(_ change: SettingsChange) async throws(Refusal) -> PasswordHash?? {
        guard let wanted = change.password else { return .none }
        guard let password = wanted else { return .some(nil) }
        guard let hash = await hashing.run({ PasswordHash(password) }) else { throw Refusal(.rateLimited) }
        guard let hash else { throw Refusal(.internalError) }
        return .some(hash)
    }

    /// Every two members of a room, with what each says of the connection, and what is under way between them.
    func pairs(_ room: RoomName) async throws(Refusal) -> JSON {
        let views = await ask { $0.sides(of: room) }
        let sides = views.flatMap { $0 }
        guard !sides.isEmpty else { throw Refusal(.roomNotFound, field: "room") }
        var pairs: [JSON] = []
        for (index, one) in sides.enumerated() {
            for other in sides[(index + 1)...] {
                var pair: JSON = ["peers": [.string(one.id.description), .string(other.id.description)]]
                pair.set("reports", [one.reports[other.id] ?? nil, other.reports[one.id] ?? nil])
                // What waits for the ack of a peer is kept where that peer is.
                pair.set("unconfirmed", [.strings(other.unconfirmed[one.id]), .strings(one.unconfirmed[other.id])])
                pairs.append(pair)
                guard pairs.count < 5_000 else { return ["ok": true, "pairs": .array(pairs), "isCut": true] }
            }
        }
        return ["ok": true, "pairs": .array(pairs)]
    }
}

/// A member of a room, as its loop knows it.
struct PairSide: Sendable {
    var id: SessionID
    /// What it says of its connections.
    var reports: [SessionID: JSON] = [:]
    /// What it has not confirmed, by sender.
    var unconfirmed: [SessionID: [String]] = [:]
}

extension SignalingLoop {
    fileprivate func sides(of room: RoomName) -> [PairSide] {
        (view(room)?.peers ?? []).map { peer in
            var side = PairSide(id: peer.id, reports: peer.reports.mapValues(\.json))
            for receipt in peer.receipts.open {
                side.unconfirmed[receipt.sender, default: []].append("\(receipt.kind.name)")
            }
            return side
        }
    }
}

extension JSON {
    fileprivate static func strings(_ texts: [String]?) -> JSON { .array((texts ?? []).map(JSON.string)) }
}

extension PairReport {
    fileprivate var json: JSON {
        var json: JSON = ["ice": .string(ice), "connection": .string(connection), "at": .int(at)]
        json.set("candidateType", candidateType.map(JSON.string))
        json.set("timeToConnectMs", timeToConnectMs.map { .int(Int64($0)) })
        json.set("error", error.map(JSON.string))
        json.set("verdict", verdict.map(JSON.string))
        json.set("candidates", candidates)
        json.set("remoteCandidates", remoteCandidates)
        return json
    }
}
