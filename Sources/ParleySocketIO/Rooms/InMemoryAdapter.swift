// SPDX-License-Identifier: Apache-2.0
internal import NIOConcurrencyHelpers
internal import NIOCore

/// The adapter of a server that stands alone: the loops of this process are all there is.
public final class InMemoryAdapter: Adapter {
    private unowned let namespace: Namespace
    private unowned let server: SocketIOServer

    init(_ namespace: Namespace, _ server: SocketIOServer) {
        self.namespace = namespace
        self.server = server
    }

    public func broadcast(_ event: String, _ arguments: [JSON], _ options: BroadcastOptions) {
        let packet: OutgoingPacket
        if let recovery = namespace.recovery, !options.isVolatile {
            packet = recovery.record(event, arguments, options, namespace: namespace.name)
        } else {
            packet = OutgoingPacket(.event, namespace: namespace.name, payload: EncodedPayload(event: event, arguments))
        }
        each { local in
            for socket in local.select(options) where !options.isVolatile || socket.isWritable { socket.send(packet) }
        }
    }

    public func broadcastWithAck(
        _ event: String, _ arguments: [JSON], _ options: BroadcastOptions
    ) async -> BroadcastAnswers {
        let payload = EncodedPayload(event: event, arguments)
        let name = namespace.name
        let gathering = AckGathering()
        return await withCheckedContinuation { continuation in
            gathering.start(loops: server.hubs.count) { continuation.resume(returning: $0) }
            each { local in
                let sockets = local.select(options)
                gathering.expect(sockets.count)
                for socket in sockets {
                    let id = socket.openAck(timeout: options.timeout) { outcome in
                        if case .answered(let values) = outcome {
                            gathering.answered(values.first ?? .null)
                        } else {
                            gathering.missed()
                        }
                    }
                    socket.send(OutgoingPacket(.event, namespace: name, ackID: id, payload: payload))
                }
            }
        }
    }

    public func fetchSockets(_ options: BroadcastOptions) async throws -> [RemoteSocket] {
        var sockets: [RemoteSocket] = []
        for hub in server.hubs {
            sockets += try await hub.eventLoop.submit { [namespace] in
                hub.value.local(namespace).select(options).map {
                    RemoteSocket(id: $0.id, handshake: $0.handshake, rooms: $0.roomsOnLoop, data: $0.data)
                }
            }.get()
        }
        return sockets
    }

    public func addSockets(_ options: BroadcastOptions, to rooms: [String]) {
        each { for socket in $0.select(options) { socket.joinOnLoop(rooms) } }
    }

    public func removeSockets(_ options: BroadcastOptions, from rooms: [String]) {
        each { for socket in $0.select(options) { rooms.forEach(socket.leaveOnLoop) } }
    }

    public func disconnectSockets(_ options: BroadcastOptions, close: Bool) {
        each { for socket in $0.select(options) { socket.disconnectOnLoop(close: close) } }
    }

    /// There is nobody to send it to.
    public func serverSideEmit(_ event: String, _ arguments: [JSON]) {}

    public func serverSideEmitWithAck(_ event: String, _ arguments: [JSON]) async throws -> [JSON] { [] }

    public func serverCount() async -> Int { 1 }

    public func close() async {}

    /// Runs `body` with each loop's part of the namespace: here and now for the loop that this is called on.
    private func each(_ body: @escaping @Sendable (LocalNamespace) -> Void) {
        for hub in server.hubs {
            if hub.eventLoop.inEventLoop {
                body(hub.value.local(namespace))
            } else {
                hub.eventLoop.execute { [namespace] in body(hub.value.local(namespace)) }
            }
        }
    }
}

/// Counts the answers to one broadcast, from all loops.
private final class AckGathering: Sendable {
    private struct State {
        var loops = 0
        var expected = 0
        var result = BroadcastAnswers(answers: [], missing: 0)
        var done: (@Sendable (BroadcastAnswers) -> Void)?

        /// What to call when everything has come.
        mutating func finished() -> (@Sendable (BroadcastAnswers) -> Void)? {
            loops == 0 && result.answers.count + result.missing == expected ? done.take() : nil
        }
    }

    private let state = NIOLockedValueBox(State())

    func start(loops: Int, _ done: @escaping @Sendable (BroadcastAnswers) -> Void) {
        change {
            $0.loops = loops
            $0.done = done
        }
    }

    /// A loop has asked this many sockets.
    func expect(_ count: Int) {
        change {
            $0.expected += count
            $0.loops -= 1
        }
    }

    func answered(_ answer: JSON) { change { $0.result.answers.append(answer) } }
    func missed() { change { $0.result.missing += 1 } }

    private func change(_ body: (inout State) -> Void) {
        let (done, result) = state.withLockedValue { state in
            body(&state)
            return (state.finished(), state.result)
        }
        done?(result)
    }
}
