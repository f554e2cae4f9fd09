// SPDX-License-Identifier: Apache-2.0
internal import NIOConcurrencyHelpers
internal import NIOCore
internal import ParleyEngineIO
public import ParleySocketIO

/// WebRTC signaling on a Socket.IO server: peers meet in rooms of the namespace `/` and send each other offers, answers and
/// candidates, with receipts that say what is true of the other side.
///
///     let io = SocketIOServer()
///     let signaling = Signaling(on: io)
///     try await io.run(host: "127.0.0.1", port: 3000)
public final class Signaling: Sendable {
    let loops: SignalingLoops
    private let webhook: EventWebhook?

    /// Takes over the namespace `/` of a server, and the paths `/turn` and `<path>/bye`. To be called before the server
    /// starts.
    public init(on io: SocketIOServer, _ configuration: SignalingConfiguration = SignalingConfiguration()) {
        var configuration = configuration
        // A ping, its pong, and the ping that was under way when something was sent.
        configuration.confirmedAfter = io.configuration.pingInterval + io.configuration.pingTimeout * 2
        configuration.refusals = io.configuration.transport.refusals
        if configuration.journal == nil, configuration.admin != nil || configuration.eventWebhook != nil {
            configuration.journal = Journal(capacity: configuration.admin?.history ?? 4_096)
        }
        webhook = configuration.eventWebhook.flatMap { options in
            configuration.journal.map { EventWebhook(options, journal: $0) }
        }
        let loops = SignalingLoops(resumes: configuration.resumeWindow > .zero)
        self.loops = loops
        let hashing = SlowHashing()
        let door = configuration.authenticator.map { Door($0, configuration) }
        if let door { io.of("/").use(door.admit) }
        io.onLoops { [configuration, webhook] eventLoops in
            await webhook?.start()
            var made: [NIOLoopBound<SignalingLoop>] = []
            for (index, eventLoop) in eventLoops.enumerated() {
                try await made.append(
                    eventLoop.submit {
                        let loop = SignalingLoop(
                            eventLoop: eventLoop, index: index, count: eventLoops.count, configuration: configuration,
                            hashing: hashing, door: door)
                        return NIOLoopBound(loop, eventLoop: eventLoop)
                    }.get())
            }
            for bound in made {
                try await bound.eventLoop.submit { [made] in bound.value.colleagues = made }.get()
            }
            loops.set(made)
        }
        io.of("/").setDelegate(loops)
        io.add(ByeRoute(loops: loops, configuration: io.configuration))
        io.add(TURNRoute(ice: configuration.ice, door: door, configuration: io.configuration))
        if let admin = configuration.admin {
            let desk = AdminDesk(admin, configuration, loops: loops, hashing: hashing, io: io)
            AdminNamespace(desk).furnish(io)
        }
    }

    /// Tells the event webhook, if there is one, what it has not been told yet, for two seconds at most. To be called after
    /// the server is closed.
    public func finish() async { await webhook?.close(within: 2) }

    /// What has become of events for the webhook; nil without one.
    package var webhookFigures: EventWebhook.Figures? {
        get async { await webhook?.figures }
    }
}

/// The loops' parts, once the server has its loops; finds the one that a client belongs to.
final class SignalingLoops: NamespaceDelegate {
    let resumes: Bool
    private let made = NIOLockedValueBox<[NIOLoopBound<SignalingLoop>]>([])
    var all: [NIOLoopBound<SignalingLoop>] { made.withLockedValue { $0 } }

    init(resumes: Bool) { self.resumes = resumes }

    func set(_ loops: [NIOLoopBound<SignalingLoop>]) { made.withLockedValue { $0 = loops } }

    func joined(_ socket: Socket) -> (any SocketDelegate)? {
        // Every loop has its part before the server listens.
        guard let loop = loop(socket.sid.loop) else { return nil }
        return Peer(socket, on: loop.value)
    }

    func resume(_ resumption: Resumption) {
        withLoop(of: resumption.pid) { loop in
            if let peer = loop.peer(pid: resumption.pid) { peer.resume(resumption) } else { loop.refuse(resumption) }
        }
    }

    /// Runs `body` on the loop that knows the peer with this secret, if there is such a peer. A secret that was invented
    /// may name a loop that there is not; any loop will do then.
    func withLoop(of pid: SessionID, _ body: @escaping @Sendable (SignalingLoop) -> Void) {
        // Every loop has its part before the server listens.
        guard let loop = loop(pid.loop) ?? loop(0) else { return }
        if loop.eventLoop.inEventLoop { return body(loop.value) }
        loop.eventLoop.execute { body(loop.value) }
    }

    private func loop(_ index: Int) -> NIOLoopBound<SignalingLoop>? {
        made.withLockedValue { $0.indices.contains(index) ? $0[index] : nil }
    }
}
