// SPDX-License-Identifier: Apache-2.0
internal import NIOConcurrencyHelpers

/// A channel of its own over the clients' connections, such as `/` or `/chat`.
public final class Namespace: Sendable {
    struct Handlers {
        var connection: [@Sendable (Socket) async -> Void] = []
        var middleware: [@Sendable (Socket) async throws -> Void] = []
        var serverSide: [String: [@Sendable ([JSON]) async -> [JSON]]] = [:]
        var delegate: (any NamespaceDelegate)?
        var staysOpen = false
    }

    /// Its name, beginning with a slash.
    public let name: String
    /// What carries broadcasts; set before the server starts.
    public var adapter: any Adapter {
        get { adapterBox.withLockedValue { $0 } ?? InMemoryAdapter(self, server) }
        set { adapterBox.withLockedValue { $0 = newValue } }
    }

    /// Whether clients may join while others are sent elsewhere. Set before the server starts.
    package var staysOpen: Bool {
        get { handlers.withLockedValue { $0.staysOpen } }
        set { handlers.withLockedValue { $0.staysOpen = newValue } }
    }

    let recovery: RecoveryLog?
    private unowned let server: SocketIOServer
    private let adapterBox = NIOLockedValueBox<(any Adapter)?>(nil)
    private let handlers: NIOLockedValueBox<Handlers>

    init(_ name: String, server: SocketIOServer, handlers: Handlers = Handlers()) {
        self.name = name
        self.server = server
        self.handlers = NIOLockedValueBox(handlers)
        recovery = server.configuration.recovery.map(RecoveryLog.init)
        adapter = InMemoryAdapter(self, server)
    }

    var connectionHandlers: [@Sendable (Socket) async -> Void] { handlers.withLockedValue { $0.connection } }
    var middleware: [@Sendable (Socket) async throws -> Void] { handlers.withLockedValue { $0.middleware } }
    var skipsMiddlewareOnRecovery: Bool { recovery?.configuration.skipsMiddleware ?? false }
    var allHandlers: Handlers { handlers.withLockedValue { $0 } }

    var delegate: (any NamespaceDelegate)? { handlers.withLockedValue { $0.delegate } }

    func restore(_ auth: JSON?) -> RestoredSession? {
        guard let recovery, let pid = auth?["pid"]?.stringValue, let offset = auth?["offset"]?.stringValue else {
            return nil
        }
        return recovery.restore(pid: pid, offset: offset)
    }

    /// Puts `delegate` in the place of registered handlers, and of recovery.
    package func setDelegate(_ delegate: any NamespaceDelegate) {
        handlers.withLockedValue { $0.delegate = delegate }
    }

    /// Called for each socket that has joined. Its events wait until the handler returns.
    public func onConnection(_ handler: @escaping @Sendable (Socket) async -> Void) {
        handlers.withLockedValue { $0.connection.append(handler) }
    }

    /// Puts `step` before the joining of each socket. What it throws refuses the client: a `ConnectError` as it is,
    /// anything else by its description.
    public func use(_ step: @escaping @Sendable (Socket) async throws -> Void) {
        handlers.withLockedValue { $0.middleware.append(step) }
    }

    // MARK: Everybody in it

    /// Sends an event to everybody.
    public func emit(_ event: String, _ arguments: JSON...) { all.emit(event, arguments) }
    /// Sends a `message` event to everybody.
    public func send(_ arguments: JSON...) { all.emit("message", arguments) }
    /// Everybody, to be narrowed.
    public var all: BroadcastOperator { BroadcastOperator(self) }
    /// Those in any of these rooms.
    public func to(_ rooms: String...) -> BroadcastOperator { all.to(rooms) }
    /// The same as `to`.
    public func `in`(_ rooms: String...) -> BroadcastOperator { all.to(rooms) }
    /// Everybody but those in these rooms.
    public func except(_ rooms: String...) -> BroadcastOperator { all.except(rooms) }
    /// Who is in it, on all servers.
    public func fetchSockets() async throws -> [RemoteSocket] { try await all.fetchSockets() }
    /// Lets everybody join rooms.
    public func socketsJoin(_ room: String) { all.socketsJoin(room) }
    /// Lets everybody leave rooms.
    public func socketsLeave(_ room: String) { all.socketsLeave(room) }
    /// Disconnects everybody.
    public func disconnectSockets(close: Bool = false) { all.disconnectSockets(close: close) }

    // MARK: Other servers

    /// Sends an event to the other servers.
    public func serverSideEmit(_ event: String, _ arguments: JSON...) { adapter.serverSideEmit(event, arguments) }
    /// Sends an event to the other servers and gathers an answer from each.
    public func serverSideEmitWithAck(_ event: String, _ arguments: JSON...) async throws -> [JSON] {
        try await adapter.serverSideEmitWithAck(event, arguments)
    }
    /// For adapters: hands in what another server has sent, and returns the answer of the handler that came last.
    public func receivedServerSide(_ event: String, _ arguments: [JSON]) async -> [JSON] {
        var answer: [JSON] = []
        for handler in allHandlers.serverSide[event] ?? [] { answer = await handler(arguments) }
        return answer
    }
    /// Called with what another server has sent; what it returns is the answer, when one is wanted.
    public func onServerSide(_ event: String, _ handler: @escaping @Sendable ([JSON]) async -> [JSON]) {
        handlers.withLockedValue { $0.serverSide[event, default: []].append(handler) }
    }
}
