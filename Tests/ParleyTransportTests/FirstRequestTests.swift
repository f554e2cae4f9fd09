// SPDX-License-Identifier: Apache-2.0
import NIOConcurrencyHelpers
import NIOCore
import ParleyEngineIO
import Testing

@testable import ParleyTransport

/// Connections that have no pipeline yet, over real sockets.
@Suite(.serialized, .timeLimit(.minutes(1))) struct FirstRequestTests {
    private struct Delegate: TransportDelegate {
        var acceptsSessions: Bool { false }
        func opened(_ session: Session) -> any SessionDelegate { fatalError("no session is accepted") }
    }

    /// Keeps what it is asked.
    private final class Slow: HTTPRoute {
        let kept = NIOLockedValueBox<[HTTPExchange]>([])

        func handle(_ exchange: HTTPExchange) -> Bool {
            kept.withLockedValue { $0.append(exchange) }
            return true
        }

        func wait() async throws -> HTTPExchange? {
            for _ in 0..<1000 where kept.withLockedValue({ $0.isEmpty }) { try await Task.sleep(for: .milliseconds(5)) }
            return kept.withLockedValue { $0.popLast() }
        }
    }

    private static let request = "GET /slow HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"

    private func served(_ body: (Client, Slow, TransportServer) async throws -> Void) async throws {
        let group = EpollLoopGroup(threads: 1)
        var configuration = TransportConfiguration()
        configuration.maxHeadBytes = 1_000
        configuration.requestTimeout = .milliseconds(200)
        let slow = Slow()
        let server = try await TransportServer(
            group: group, configuration: configuration, routes: [slow], delegate: { _ in Delegate() })
        try await body(Client(server.listen(host: "127.0.0.1", port: 0)), slow, server)
        await server.stopListening()
        try await group.shutdownGracefully()
    }

    private func waitForEnd(of server: TransportServer) async throws {
        for _ in 0..<1000 where server.connections > 0 { try await Task.sleep(for: .milliseconds(5)) }
        #expect(server.connections == 0)
    }

    @Test func aLateAnswerIsWritten() async throws {
        try await served { client, slow, _ in
            client.send(Self.request)
            let exchange = try #require(try await slow.wait())
            client.send("too early")
            exchange.respond(.text(404, "There is no such thing."))
            #expect(client.receive()?.hasPrefix("HTTP/1.1 404 ") == true)
            #expect(client.receive() == nil)
        }
    }

    @Test func whatComesTooEarlyIsKeptUpToALimit() async throws {
        try await served { client, slow, server in
            client.send(Self.request)
            let exchange = try #require(try await slow.wait())
            client.send(String(repeating: "x", count: 1_001))
            try await waitForEnd(of: server)
            exchange.respond(.text(404, "Nobody hears this."))
        }
    }

    @Test func whoSaysNothingIsClosedWithoutAWord() async throws {
        try await served { client, _, server in
            try await waitForEnd(of: server)
            #expect(client.receive() == nil)
        }
    }

    @Test func halfAHeadIsToldThatItTookTooLong() async throws {
        try await served { client, _, _ in
            client.send(String(Self.request.dropLast(3)))
            #expect(client.receive()?.hasPrefix("HTTP/1.1 408 ") == true)
        }
    }
}
