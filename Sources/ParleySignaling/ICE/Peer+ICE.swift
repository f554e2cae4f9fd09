// SPDX-License-Identifier: Apache-2.0
internal import ParleyEngineIO
internal import ParleyJSON
internal import ParleySocketIO
internal import ParleyTransport

/// ICE servers for one client, and what it tells of its connections.
extension Peer {
    func iceServers() -> JSON {
        let ice = loop.configuration.ice
        if ice.hasTURN, iceRenewal == nil {
            let deadline = Deadline()
            deadline.owner = self
            iceRenewal = deadline
            loop.iceRenewal.arm(deadline)
        }
        return ice.servers(for: user ?? id.description)
    }

    /// The answer to `ice`.
    func iceAnswer() -> JSON {
        let ttl = loop.configuration.ice.ttlSeconds
        return [
            "ok": true, "iceServers": iceServers(), "ttlSeconds": .int(Int64(ttl)),
            "expiresAt": .int(WallClock.milliseconds + Int64(ttl) * 1_000),
        ]
    }

    /// The credentials will not hold much longer.
    func renewICE() {
        guard let iceRenewal else { return }
        loop.iceRenewal.arm(iceRenewal)
        // Whoever is away gets new ones when it is back.
        guard !isAway else { return }
        notify("ice:servers", iceAnswer().without("ok"))
    }

    /// How the connection with another peer fares, by this side's account.
    func report(_ payload: Payload, _ ackID: Int?) throws(Refusal) {
        guard case .peer(let id) = try payload.target("to") else { throw payload.refusal("to") }
        guard sharedRoom(with: id, named: nil) != nil else { throw Refusal(.peerNotFound, field: "to") }
        reports[id] = try PairReport(payload)
        answer(ackID, ["ok": true])
    }

    /// The other peer is gone from a room; without another in common there is no pair any more.
    func forgetReports(of id: SessionID) {
        if reports[id] != nil, sharedRoom(with: id, named: nil) == nil { reports[id] = nil }
    }
}

/// What one side of a pair says of its connection.
struct PairReport: Sendable {
    /// As in `RTCPeerConnection`: `new`, `checking`, `connected`, …
    var ice: String
    var connection: String
    /// `host`, `srflx`, `prflx` or `relay`.
    var candidateType: String?
    var timeToConnectMs: Int?
    var error: String?
    /// The code of what the page makes of it, and its own and the other side's candidates by type.
    var verdict: String?
    var candidates: JSON?
    var remoteCandidates: JSON?
    /// Milliseconds since 1970.
    var at: Int64

    init(_ payload: Payload) throws(Refusal) {
        guard let ice = try payload.string("ice", limit: 32) else { throw payload.refusal("ice") }
        guard let connection = try payload.string("connection", limit: 32) else { throw payload.refusal("connection") }
        self.ice = ice
        self.connection = connection
        candidateType = try payload.string("candidateType", limit: 32)
        timeToConnectMs = try payload.int("timeToConnectMs", in: 0...86_400_000)
        error = try payload.string("error", limit: 500)
        verdict = try payload.string("verdict", limit: 64)
        candidates = try Self.counts(payload.object("candidates"))
        remoteCandidates = try Self.counts(payload.object("remoteCandidates"))
        at = WallClock.milliseconds
    }

    /// Of each type of candidate at most 1,000; other members are left out.
    private static func counts(_ payload: Payload?) throws(Refusal) -> JSON? {
        guard let payload else { return nil }
        var counts: JSON = [:]
        for type in ["host", "srflx", "prflx", "relay"] {
            counts.set(type, try payload.int(type, in: 0...1_000).map { .int(Int64($0)) })
        }
        return counts
    }
}
