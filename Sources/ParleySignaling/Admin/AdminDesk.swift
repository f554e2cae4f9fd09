// SPDX-License-Identifier: Apache-2.0
internal import NIOCore
internal import ParleyEngineIO
internal import ParleyJSON
internal import ParleySocketIO

/// Does what admins ask for, wherever the rooms and peers are, and writes down who has changed what. Its methods may be
/// called from anywhere.
final class AdminDesk: Sendable {
    let configuration: AdminConfiguration
    let signaling: SignalingConfiguration
    let loops: SignalingLoops
    let hashing: SlowHashing
    let bans = ServerBans()
    let startedAt = WallClock.milliseconds
    unowned let io: SocketIOServer

    init(
        _ configuration: AdminConfiguration, _ signaling: SignalingConfiguration, loops: SignalingLoops,
        hashing: SlowHashing, io: SocketIOServer
    ) {
        self.configuration = configuration
        self.signaling = signaling
        self.loops = loops
        self.hashing = hashing
        self.io = io
    }

    /// The answer to a request: `ok` and more, or `ok: false` and an error, as peers get them.
    func answer(_ request: AdminRequest, _ payload: Payload, from admin: Admin) async -> Result<JSON, Refusal> {
        let result: Result<JSON, Refusal>
        do throws(Refusal) {
            guard !request.changesSomething || !admin.isReadOnly else {
                throw Refusal(.forbidden, message: "This account may look and change nothing.")
            }
            result = .success(try await perform(request, payload, admin))
        } catch {
            result = .failure(error)
        }
        if request.changesSomething { audit(request, payload, admin, result) }
        return result
    }

    private func perform(_ request: AdminRequest, _ payload: Payload, _ admin: Admin) async throws(Refusal) -> JSON {
        switch request {
        case .stats: await stats(for: admin)
        case .rooms: try await rooms(payload)
        case .room: try await act(.describe, in: payload.room(), by: admin)
        case .peers: try await peers(payload)
        case .pairs: try await pairs(payload.room())
        case .bans:
            if let room = try payload.roomIfAny() {
                try await act(.bans, in: room, by: admin)
            } else {
                ["ok": true, "bans": bans.listing]
            }
        case .create: try await create(payload, admin)
        case .settings: try await change(payload, admin)
        case .close:
            try await act(.close(reason: payload.reason() ?? "closed"), in: payload.room(), by: admin)
        case .kick:
            try await act(.kick(payload.target("peerId"), reason: payload.reason()), in: payload.room(), by: admin)
        case .ban: try await ban(payload, admin)
        case .unban: try await unban(payload, admin)
        case .notice: try await notice(payload, admin)
        case .disconnect: try await disconnect(payload)
        case .drain: try await drain(payload)
        }
    }

    /// Lets the room's home do something, in its order.
    func act(_ deed: AdminDeed, in room: RoomName, by admin: Admin) async throws(Refusal) -> JSON {
        let all = loops.all
        guard !all.isEmpty else { throw Refusal(.draining) }
        let home = all[RoomDirectory.home(of: room, loops: all.count)]
        let outcome = await withCheckedContinuation { (done: CheckedContinuation<Result<JSON, Refusal>, Never>) in
            home.eventLoop.execute {
                let kind = RoomAct.Kind.administer(deed, by: admin) { done.resume(returning: $0) }
                home.value.act(RoomAct(room: room, peer: .none, kind: kind))
            }
        }
        return try outcome.get()
    }

    /// What each loop answers, in their order.
    func ask<Value: Sendable>(_ question: @escaping @Sendable (SignalingLoop) -> Value) async -> [Value] {
        var answers: [Value] = []
        for loop in loops.all {
            if let answer = try? await loop.eventLoop.submit({ question(loop.value) }).get() { answers.append(answer) }
        }
        return answers
    }

    // MARK: The audit

    private func audit(
        _ request: AdminRequest, _ payload: Payload, _ admin: Admin, _ result: Result<JSON, Refusal>
    ) {
        var line: JSON = [
            "at": .int(WallClock.milliseconds), "admin": .string(admin.name), "address": .string(admin.address),
            "request": .string(request.rawValue), "payload": payload.json.withoutSecrets,
        ]
        switch result {
        case .success: line.set("ok", true)
        case .failure(let refusal):
            line.set("ok", false)
            line.set("code", .string(refusal.code.rawValue))
        }
        configuration.audit(line.text)
        let room = try? payload.roomIfAny()
        signaling.journal?.record(
            Fact(at: WallClock.milliseconds, kind: .administered, room: room, peer: nil, data: line.without("at")))
    }
}

extension JSON {
    /// A payload as it may be written down: short, and without passwords.
    fileprivate var withoutSecrets: JSON {
        var json = self
        if let settings = json["settings"], settings["password"] != nil {
            json.set("settings", settings.overlaid(with: ["password": "(hidden)"]))
        }
        guard json.text.utf8.count <= 1_024 else { return "(long)" }
        return json
    }
}

extension Payload {
    func reason() throws(Refusal) -> String? { try string("reason", limit: 500) }
}
