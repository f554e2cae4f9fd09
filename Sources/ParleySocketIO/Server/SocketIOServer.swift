// SPDX-License-Identifier: Apache-2.0
internal import NIOConcurrencyHelpers
public import NIOCore
internal import NIOPosix
internal import ParleyEngineIO
package import ParleyTransport

/// A Socket.IO server (protocol 5 over Engine.IO 4).
///
///     let io = SocketIOServer()
///     io.of("/").onConnection { socket in
///         socket.on("greet") { event in event.ack?("hello") }
///     }
///     try await io.run(host: "127.0.0.1", port: 3000)
public final class SocketIOServer: Sendable {
    /// A kind of namespaces that come into being when a client asks for one.
    private struct Family: Sendable {
        var matches: @Sendable (String, JSON?) async -> Bool
        var prototype: Namespace
    }

    private struct State {
        var namespaces: [String: Namespace] = [:]
        var families: [Family] = []
        var transport: TransportServer?
        var hubs: [NIOLoopBound<Hub>] = []
        var isDraining = false
        var takesNobodyNew = false
        var preparations: [@Sendable ([any EventLoop]) async throws -> Void] = []
        var routes: [any HTTPRoute] = []
        var credentials: [TLSCredentials] = []
    }

    public let configuration: SocketIOConfiguration
    private let state = NIOLockedValueBox(State())
    private let group: EpollLoopGroup

    /// A server that does not listen yet; its namespaces can be furnished now.
    public init(_ configuration: SocketIOConfiguration = SocketIOConfiguration()) {
        self.configuration = configuration
        group = EpollLoopGroup(
            threads: max(1, min(64, configuration.threads ?? System.coreCount)), busyPoll: configuration.busyPoll)
    }

    // MARK: Namespaces

    /// The namespace of this name, made when it is first asked for. `chat` is the same as `/chat`.
    public func of(_ name: String) -> Namespace {
        let name = name.hasPrefix("/") ? name : "/" + name
        if let namespace = namespace(name) { return namespace }
        let made = Namespace(name, server: self)
        return state.withLockedValue { state in
            if let namespace = state.namespaces[name] { return namespace }
            state.namespaces[name] = made
            return made
        }
    }

    /// Furnishes every namespace for whose name, and a client's `auth`, `matches` returns true. Each comes into being when
    /// the first client asks for it, with the handlers that the returned namespace has by then.
    public func of(matching matches: @escaping @Sendable (_ name: String, _ auth: JSON?) async -> Bool) -> Namespace {
        let prototype = Namespace("/*", server: self)
        state.withLockedValue { $0.families.append(Family(matches: matches, prototype: prototype)) }
        return prototype
    }

    func namespace(_ name: String) -> Namespace? { state.withLockedValue { $0.namespaces[name] } }
    var hasFamilies: Bool { state.withLockedValue { !$0.families.isEmpty } }

    func namespaceOfFamily(_ name: String, auth: JSON?) async -> Namespace? {
        for family in state.withLockedValue({ $0.families }) where await family.matches(name, auth) {
            let made = Namespace(name, server: self, handlers: family.prototype.allHandlers)
            return state.withLockedValue { state in
                if let namespace = state.namespaces[name] { return namespace }
                state.namespaces[name] = made
                return made
            }
        }
        return nil
    }

    // MARK: The namespace `/`

    /// Called for each socket that has joined `/`.
    public func onConnection(_ handler: @escaping @Sendable (Socket) async -> Void) { of("/").onConnection(handler) }
    /// Puts `step` before the joining of `/`.
    public func use(_ step: @escaping @Sendable (Socket) async throws -> Void) { of("/").use(step) }
    /// Sends an event to everybody in `/`.
    public func emit(_ event: String, _ arguments: JSON...) { of("/").all.emit(event, arguments) }
    /// Those in any of these rooms of `/`.
    public func to(_ rooms: String...) -> BroadcastOperator { of("/").all.to(rooms) }
    /// Everybody in `/` but those in these rooms.
    public func except(_ rooms: String...) -> BroadcastOperator { of("/").all.except(rooms) }

    // MARK: Life

    /// Starts to listen and returns the address, with the port that was chosen when `port` is 0.
    ///
    /// With `tls` the server speaks HTTPS and nothing else on this port. The files of its certificates are watched: within
    /// five seconds of a change new connections get what they hold then. Throws a ``TLSFailure`` when a certificate or
    /// key cannot be used; one that is broken later is reported, and the one before stays in use.
    public func start(host: String, port: Int, tls: TLSConfiguration? = nil) async throws -> SocketAddress {
        let credentials = try tls.map { try TLSCredentials($0) }
        let transport = try await prepare()
        if let credentials { state.withLockedValue { $0.credentials.append(credentials) } }
        return try await transport.listen(host: host, port: port, tls: credentials)
    }

    /// Reads the files of all certificates again, soon, whether they have changed or not. What came of it is reported.
    public func reloadCertificates() { for each in state.withLockedValue({ $0.credentials }) { each.reload() } }

    /// When the first of all certificates ends, in seconds since 1970; nil without HTTPS.
    package var certificateExpiry: Int64? { state.withLockedValue { $0.credentials }.map(\.expiry).min() }

    /// Starts to listen and returns when the task is cancelled and everything is closed.
    public func run(host: String, port: Int, tls: TLSConfiguration? = nil) async throws {
        _ = try await start(host: host, port: port, tls: tls)
        // Sleeping ends with the cancellation, which is no failure here.
        while !Task.isCancelled { try? await Task.sleep(for: .seconds(3600)) }
        await close()
    }

    private func prepare() async throws -> TransportServer {
        if let transport = state.withLockedValue({ $0.transport }) { return transport }
        let transport = try await TransportServer(
            group: group, configuration: configuration.transport,
            routes: configuration.routes + state.withLockedValue { $0.routes }
        ) { [unowned self] _ in Opening(server: self) }
        var hubs: [NIOLoopBound<Hub>] = []
        for loop in transport.loops {
            try await hubs.append(
                loop.eventLoop.submit { [unowned self] in
                    let hub = Hub(loop: loop.value, server: self)
                    loop.value.above = hub
                    return NIOLoopBound(hub, eventLoop: loop.eventLoop)
                }.get())
        }
        state.withLockedValue { $0.hubs = hubs }
        for prepare in state.withLockedValue({ $0.preparations }) { try await prepare(hubs.map(\.eventLoop)) }
        state.withLockedValue { $0.transport = transport }
        return transport
    }

    /// Calls `prepare` with the event loops, in the order of the ids they make, before the server listens.
    package func onLoops(_ prepare: @escaping @Sendable ([any EventLoop]) async throws -> Void) {
        state.withLockedValue { $0.preparations.append(prepare) }
    }

    /// Calls `furnish` for the hub of each loop, on it, before the server listens.
    func furnishHubs(_ furnish: @escaping @Sendable (Hub) -> Void) {
        onLoops { [unowned self] _ in
            for hub in hubs { try await hub.eventLoop.submit { furnish(hub.value) }.get() }
        }
    }

    /// Answers requests beside the endpoint; to be added before the server listens.
    package func add(_ route: any HTTPRoute) { state.withLockedValue { $0.routes.append(route) } }

    /// Open connections, idle HTTP included.
    package var connections: Int { state.withLockedValue { $0.transport }?.connections ?? 0 }
    package var hubs: [NIOLoopBound<Hub>] { state.withLockedValue { $0.hubs } }

    /// The sessions of all loops; of those that have ended there are none.
    package func sessionCounts() async -> SessionCounts {
        var all = SessionCounts()
        for answer in hubs.map({ hub in hub.eventLoop.submit { hub.value.loop.counts } }) {
            if let counts = try? await answer.get() { all += counts }
        }
        return all
    }

    /// Whether it accepts nothing new.
    var isClosing: Bool { state.withLockedValue { $0.isDraining } }
    /// The same, or whether new clients are sent elsewhere for now.
    package var isDraining: Bool { state.withLockedValue { $0.isDraining || $0.takesNobodyNew } }

    /// Refuses those who want into a namespace, or takes them again, and goes on listening. Namespaces with `staysOpen` are
    /// left out: they are for those who run the server.
    package func takesNobodyNew(_ isOn: Bool) { state.withLockedValue { $0.takesNobodyNew = isOn } }

    /// Accepts nothing new, no connections, sessions or namespaces; what is connected stays.
    public func drain() async {
        let transport = state.withLockedValue { state in
            state.isDraining = true
            return state.transport
        }
        await transport?.stopListening()
    }

    /// Closes every connection, as `io.close()` of the official server does, and stops listening. The server is of no use
    /// afterwards.
    public func close() async {
        await drain()
        let (transport, namespaces) = state.withLockedValue { ($0.transport, Array($0.namespaces.values)) }
        await transport?.closeSessions(.shuttingDown)
        for namespace in namespaces { await namespace.adapter.close() }
        // Fails only when it was shut down before.
        try? await group.shutdownGracefully()
    }
}

/// Makes a connection of each session that opens.
private struct Opening: TransportDelegate {
    unowned let server: SocketIOServer

    var acceptsSessions: Bool { !server.isClosing }

    func opened(_ session: Session) -> any SessionDelegate {
        // The hub is put there before the server listens.
        guard let hub = session.loop.above as? Hub else { return RefusingDelegate() }
        return Connection(session: session, hub: hub)
    }
}

/// Takes what comes between the end of a hub and that of its loop.
private final class RefusingDelegate: SessionDelegate {
    func delivered(text: UnsafeRawBufferPointer) {}
    func delivered(binary: UnsafeRawBufferPointer) {}
    func closed(_ reason: CloseReason) {}
}
