// SPDX-License-Identifier: Apache-2.0
public import NIOCore

/// A choice of sockets, and what can be done with all of them at once. Each word adds to the choice and returns a new one.
public struct BroadcastOperator: Sendable {
    private let namespace: Namespace
    private var options: BroadcastOptions

    init(_ namespace: Namespace, rooms: Set<String> = [], except: Set<String> = []) {
        self.namespace = namespace
        options = BroadcastOptions(rooms: rooms, except: except)
    }

    private func with(_ change: (inout BroadcastOptions) -> Void) -> BroadcastOperator {
        var copy = self
        change(&copy.options)
        return copy
    }

    /// Those in any of these rooms.
    public func to(_ rooms: String...) -> BroadcastOperator { to(rooms) }
    func to(_ rooms: [String]) -> BroadcastOperator { with { $0.rooms.formUnion(rooms) } }
    /// The same as `to`.
    public func `in`(_ rooms: String...) -> BroadcastOperator { to(rooms) }
    /// Without those in any of these rooms.
    public func except(_ rooms: String...) -> BroadcastOperator { except(rooms) }
    func except(_ rooms: [String]) -> BroadcastOperator { with { $0.except.formUnion(rooms) } }
    /// Only those connected to this server.
    public var local: BroadcastOperator { with { $0.isLocal = true } }
    /// Only those who can get it at once.
    public var volatile: BroadcastOperator { with { $0.isVolatile = true } }
    /// Wait this long for acks, or for other servers.
    public func timeout(_ timeout: TimeAmount) -> BroadcastOperator { with { $0.timeout = timeout } }

    /// Sends an event to all of them.
    public func emit(_ event: String, _ arguments: JSON...) { emit(event, arguments) }
    /// Sends an event to all of them.
    public func emit(_ event: String, _ arguments: [JSON]) {
        guard Reserved.check(event) else { return }
        namespace.adapter.broadcast(event, arguments, options)
    }

    /// Sends an event to all of them and gathers the first argument of each ack, until `timeout`.
    public func emitWithAck(_ event: String, _ arguments: JSON...) async -> BroadcastAnswers {
        await namespace.adapter.broadcastWithAck(event, arguments, options)
    }

    /// Who they are.
    public func fetchSockets() async throws -> [RemoteSocket] { try await namespace.adapter.fetchSockets(options) }
    /// Lets all of them join rooms.
    public func socketsJoin(_ rooms: String...) { namespace.adapter.addSockets(options, to: rooms) }
    /// Lets all of them leave rooms.
    public func socketsLeave(_ rooms: String...) { namespace.adapter.removeSockets(options, from: rooms) }
    /// Disconnects all of them from the namespace, or with `close` ends their connections.
    public func disconnectSockets(close: Bool = false) { namespace.adapter.disconnectSockets(options, close: close) }
}
