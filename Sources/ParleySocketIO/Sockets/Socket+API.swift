// SPDX-License-Identifier: Apache-2.0
public import NIOCore

extension Socket {
    // MARK: Handlers

    /// Calls `handler` for each event of this name. Register inside the connection handler so that no event is missed.
    public func on(_ event: String, _ handler: @escaping EventHandler) {
        onLoop { $0.handlers.byName[event, default: []].append(handler) }
    }

    /// Gives up the handlers of an event, or of all events.
    public func off(_ event: String? = nil) {
        onLoop { socket in
            if let event { socket.handlers.byName[event] = nil } else { socket.handlers.byName = [:] }
        }
    }

    /// Calls `handler` for every event, before the handlers of its name.
    public func onAny(_ handler: @escaping EventHandler) { onLoop { $0.handlers.any.append(handler) } }

    /// Calls `handler` with name and arguments of every event that is sent to this client alone. Must not suspend.
    public func onAnyOutgoing(_ handler: @escaping @Sendable (String, [JSON]) -> Void) {
        onLoop { $0.handlers.anyOutgoing.append(handler) }
    }

    /// Gives up the catch-all handlers.
    public func offAny() {
        onLoop {
            $0.handlers.any = []
            $0.handlers.anyOutgoing = []
        }
    }

    /// Puts `step` in front of the handlers; an event for which it throws reaches none but those of `onError`.
    public func use(_ step: @escaping @Sendable (Event) async throws -> Void) {
        onLoop { $0.handlers.middleware.append(step) }
    }

    /// Called with what a step of `use` has thrown.
    public func onError(_ handler: @escaping @Sendable (any Error) async -> Void) {
        onLoop { $0.handlers.error.append(handler) }
    }

    /// Called when the socket is about to leave, while it is still in its rooms. Must not suspend.
    public func onDisconnecting(_ handler: @escaping @Sendable (DisconnectReason) -> Void) {
        onLoop { $0.handlers.disconnecting.append(handler) }
    }

    /// Called when the socket has left. Nothing is called after it.
    public func onDisconnect(_ handler: @escaping @Sendable (DisconnectReason) async -> Void) {
        onLoop { $0.handlers.disconnected.append(handler) }
    }

    // MARK: Sending

    /// Sends an event.
    public func emit(_ event: String, _ arguments: JSON...) { emit(event, arguments) }

    /// Sends an event. With `isVolatile` it is dropped when the client could not get it at once.
    public func emit(_ event: String, _ arguments: [JSON], isVolatile: Bool = false) {
        guard Reserved.check(event) else { return }
        onLoop { $0.sendEvent(event, arguments, isVolatile: isVolatile) }
    }

    /// Sends an event and waits for the client's answer.
    public func emitWithAck(
        _ event: String, _ arguments: JSON..., timeout: TimeAmount? = nil
    ) async throws(AckError) -> [JSON] {
        let outcome = await withCheckedContinuation { continuation in
            onLoop { $0.sendEvent(event, arguments, timeout: timeout) { continuation.resume(returning: $0) } }
        }
        switch outcome {
        case .answered(let values): return values
        case .timedOut: throw .timedOut
        case .disconnected: throw .disconnected
        }
    }

    /// Sends a `message` event.
    public func send(_ arguments: JSON...) { emit("message", arguments) }

    /// Everybody else in the namespace.
    public var broadcast: BroadcastOperator { BroadcastOperator(namespace, except: [id]) }
    /// Everybody else in a room; may be chained.
    public func to(_ rooms: String...) -> BroadcastOperator { broadcast.to(rooms) }
    /// The same as `to`.
    public func `in`(_ rooms: String...) -> BroadcastOperator { broadcast.to(rooms) }
    /// Everybody else but those in these rooms.
    public func except(_ rooms: String...) -> BroadcastOperator { broadcast.except(rooms) }
    /// Everybody else on this server.
    public var local: BroadcastOperator { broadcast.local }

    // MARK: Rooms and leaving

    /// Joins rooms.
    public func join(_ rooms: String...) { onLoop { $0.joinOnLoop(rooms) } }
    /// Leaves a room.
    public func leave(_ room: String) { onLoop { $0.leaveOnLoop(room) } }
    /// Leaves the namespace, or with `close` ends the whole connection.
    public func disconnect(close: Bool = false) { onLoop { $0.disconnectOnLoop(close: close) } }
}

/// Events that an application may not send.
enum Reserved {
    /// False, and in debug builds a failure, when the name belongs to the protocol.
    static func check(_ event: String) -> Bool {
        let isFree = !ReservedEvents.names.contains(event)
        assert(isFree, "\"\(event)\" is a reserved event name")
        return isFree
    }
}
