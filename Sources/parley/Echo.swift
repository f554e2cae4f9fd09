// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import NIOCore
internal import ParleyEngineIO
internal import ParleySocketIO
internal import ParleyTransport

/// The fixed servers that the public protocol suites are written against.
struct Echo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run the echo servers of the public protocol test suites.",
        discussion: """
            Engine.IO on /engine.io/: every message comes back. Socket.IO on /socket.io/, in / and /custom: `auth` is sent \
            at connection, `message` comes back as `message-back`, the arguments of `message-with-ack` come back in the \
            ack. A bare WebSocket echo for RFC 6455 conformance tools. Pings every 300 ms.
            """)

    @Option(help: "The address to listen on.") var host = "127.0.0.1"
    @Option(help: "The port of the Engine.IO server.") var enginePort = 3000
    @Option(help: "The port of the Socket.IO server.") var socketPort = 3001
    @Option(help: "The port of the bare WebSocket echo; without it there is none.") var websocketPort: Int?
    @Option(help: "Milliseconds a client has to answer a ping; the suites want the default.") var pingTimeout = 200

    func validate() throws {
        guard (1...1_000_000_000).contains(pingTimeout) else {
            throw ValidationError("--ping-timeout must be 1 to 1000000000, not \(pingTimeout).")
        }
    }

    func run() async throws {
        let group = EpollLoopGroup(threads: 1)
        let signals = ShutdownSignals()
        let engine = try await TransportServer(group: group, configuration: transport(path: "/engine.io")) { _ in
            EngineEcho()
        }
        try await listening("Engine.IO", enginePort) { try await engine.listen(host: host, port: enginePort) }
        let io = socketIOEcho()
        try await listening("Socket.IO", socketPort) { try await io.start(host: host, port: socketPort) }
        if let websocketPort {
            var configuration = transport(path: "/none")
            configuration.maxFragments = .max
            configuration.maxQueuedBytes = 256 << 20
            let bare = try await TransportServer(
                group: group, configuration: configuration, routes: [BareEcho(maxMessage: 64 << 20)]
            ) { _ in EngineEcho() }
            try await listening("WebSocket", websocketPort) { try await bare.listen(host: host, port: websocketPort) }
        }
        await signals.wait()
        await io.close()
    }

    private func listening(_ name: String, _ port: Int, _ start: () async throws -> SocketAddress) async throws {
        let address: SocketAddress
        do { address = try await start() } catch { throw ListenFailure(host: host, port: port, cause: error) }
        Console.print("\(name) echo on \(host):\(address.port ?? port)")
    }

    private func transport(path: String) -> TransportConfiguration {
        var configuration = TransportConfiguration()
        configuration.path = path
        configuration.origins = .any
        configuration.engine.pingInterval = .milliseconds(300)
        configuration.engine.pingTimeout = .milliseconds(Int64(pingTimeout))
        return configuration
    }

    private func socketIOEcho() -> SocketIOServer {
        var configuration = SocketIOConfiguration()
        configuration.transport = transport(path: "/socket.io")
        configuration.connectTimeout = .milliseconds(1000)
        configuration.threads = 1
        let io = SocketIOServer(configuration)
        for namespace in [io.of("/"), io.of("/custom")] {
            namespace.onConnection { socket in
                socket.emit("auth", socket.handshake.auth)
                guard namespace.name == "/" else { return }
                socket.on("message") { event in socket.emit("message-back", event.arguments) }
                socket.on("message-with-ack") { event in event.ack?.send(event.arguments) }
            }
        }
        return io
    }
}

/// An Engine.IO session that sends back what it gets.
private struct EngineEcho: TransportDelegate {
    let acceptsSessions = true

    func opened(_ session: Session) -> any SessionDelegate { Delegate(session) }

    private final class Delegate: SessionDelegate {
        private unowned let session: Session

        init(_ session: Session) { self.session = session }

        func delivered(text: UnsafeRawBufferPointer) { session.send(text: text) }
        func delivered(binary: UnsafeRawBufferPointer) { session.send(binary: binary) }
        func closed(_ reason: CloseReason) {}
    }
}
