// SPDX-License-Identifier: Apache-2.0
internal import NIOConcurrencyHelpers
internal import NIOCore
internal import ParleyJSON
internal import ParleySocketIO

/// The namespace `/admin`: lets admins in, answers their requests, and tells them what happens.
struct AdminNamespace: Sendable {
    private let desk: AdminDesk
    private let authenticator: AdminAuthenticator
    private let door: Door
    private let dashboard: Dashboard

    init(_ desk: AdminDesk) {
        self.desk = desk
        dashboard = Dashboard(
            on: desk.io.of("/admin"), of: desk.io, serverID: desk.configuration.serverID,
            isDevelopment: desk.configuration.tellsDashboardsEverything)
        authenticator = AdminAuthenticator(
            desk.configuration, tokens: desk.signaling.authenticator, hashing: desk.hashing)
        var rules = desk.signaling
        // Here a guess is worth more.
        rules.countsAuthenticationFailuresOfLoopback = true
        door = Door(authenticator, rules)
    }

    func furnish(_ io: SocketIOServer) {
        let namespace = dashboard.namespace
        namespace.staysOpen = true
        namespace.use(door.admit)
        namespace.use { socket in
            guard let admission = socket.attachment as? Admission, socket.auth["password"] != nil else { return }
            // Before CONNECT, as the stock dashboard expects it.
            socket.emit("session", .string(authenticator.remember(admission.grants)))
        }
        namespace.onConnection(serve)
        io.add(AdminRoute(desk: desk, door: door, origins: io.configuration.transport.origins))
    }

    private func serve(_ socket: Socket) async {
        guard let grants = (socket.attachment as? Admission)?.grants else { return socket.disconnect() }
        let admin = Admin(grants, address: socket.remoteAddress)
        let subscription = AdminSubscription(socket, desk.signaling.journal)
        socket.onAny { [desk] event in
            guard !Dashboard.requests.contains(event.name) else { return }
            let payload = Payload(event[0])
            let answer: Result<JSON, Refusal>
            switch (event.name, AdminRequest(rawValue: event.name)) {
            case ("subscribe", _):
                answer = Result { () throws(Refusal) in try subscription.begin(payload) }
            case ("unsubscribe", _):
                subscription.end()
                answer = .success(["ok": true])
            case (_, let request?): answer = await desk.answer(request, payload, from: admin)
            default: answer = .failure(Refusal(.unknownEvent))
            }
            event.ack?(answer.json)
        }
        socket.onDisconnect { _ in subscription.end() }
        await dashboard.attach(socket, isReadOnly: admin.isReadOnly)
    }
}

extension Result<JSON, Refusal> {
    /// The ack of a request.
    var json: JSON {
        switch self {
        case .success(let json): json
        case .failure(let refusal): ["ok": false, "error": refusal.json]
        }
    }
}
