// SPDX-License-Identifier: Apache-2.0
internal import DequeModule
internal import NIOCore

/// A handler of events. Runs on the socket's event loop, one event after the other; must not block.
public typealias EventHandler = @Sendable (Event) async -> Void

/// The handlers an application has given to one socket, and the events that wait for them. Confined to the socket's loop:
/// the tasks it starts run on that loop's executor, hence `@unchecked`.
final class SocketHandlers: @unchecked Sendable {
    enum Job {
        case connected([@Sendable (Socket) async -> Void])
        case event(Event)
        case disconnected(DisconnectReason)
    }

    /// More events than this waiting for their handlers, and the client is closed.
    private static let maxWaiting = 1024

    var byName: [String: [EventHandler]] = [:]
    var any: [EventHandler] = []
    var anyOutgoing: [@Sendable (String, [JSON]) -> Void] = []
    var middleware: [@Sendable (Event) async throws -> Void] = []
    var disconnecting: [@Sendable (DisconnectReason) -> Void] = []
    var disconnected: [@Sendable (DisconnectReason) async -> Void] = []
    var error: [@Sendable (any Error) async -> Void] = []

    private unowned let socket: Socket
    private var jobs: Deque<Job> = []
    private var isRunning = false

    init(_ socket: Socket) { self.socket = socket }

    /// Puts a job behind those that wait; false when they are too many.
    func run(_ job: Job) -> Bool {
        if case .event = job, jobs.count >= Self.maxWaiting { return false }
        jobs.append(job)
        if !isRunning {
            isRunning = true
            let runner = socket.hub.runner
            // The socket stays alive as long as its handlers run.
            let socket = socket
            Task { await runner.drain(self, of: socket) }
        }
        return true
    }

    func next() -> Job? {
        if let job = jobs.popFirst() { return job }
        isRunning = false
        return nil
    }

    func runs(_ job: Job, on socket: Socket) async {
        switch job {
        case .connected(let handlers):
            for handler in handlers { await handler(socket) }
        case .event(let event):
            do {
                for step in middleware { try await step(event) }
            } catch {
                for handler in self.error { await handler(error) }
                return
            }
            // What a client sent before it left is still handled; once the application has sent it away, nothing is.
            guard !socket.isSentAway else { return }
            for handler in any { await handler(event) }
            for handler in byName[event.name] ?? [] { await handler(event) }
        case .disconnected(let reason):
            for handler in disconnected { await handler(reason) }
            byName = [:]
            any = []
        }
    }
}

/// Runs the asynchronous handlers of one loop's sockets on that loop.
actor HandlerRunner {
    private let eventLoop: any EventLoop

    nonisolated var unownedExecutor: UnownedSerialExecutor { eventLoop.executor.asUnownedSerialExecutor() }

    init(_ eventLoop: any EventLoop) { self.eventLoop = eventLoop }

    func drain(_ handlers: SocketHandlers, of socket: Socket) async {
        while let job = handlers.next() { await handlers.runs(job, on: socket) }
    }

    /// Runs `body` on the loop.
    func run(_ body: @Sendable (isolated HandlerRunner) async -> Void) async { await body(self) }
}
