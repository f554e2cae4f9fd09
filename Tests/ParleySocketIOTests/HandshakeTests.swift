// SPDX-License-Identifier: Apache-2.0
import Foundation
import NIOCore
import NIOPosix
import Testing

@testable import ParleySocketIO

/// What the server writes for a plain request, byte by byte.
@Suite(.timeLimit(.minutes(1))) struct HandshakeTests {
    /// Sends a request and returns all that comes until the server closes.
    private func fetch(_ port: Int, _ target: String, _ fields: String = "") async throws -> String {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            let head = "GET \(target) HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n\(fields)\r\n"
            try await outbound.write(ByteBuffer(string: head))
            var answer = ByteBuffer()
            for try await var part in inbound { answer.writeBuffer(&part) }
            return String(buffer: answer)
        }
    }

    @Test func aCookieIsSetWhenOneIsWanted() async throws {
        for cookie in [nil, "io"] {
            var configuration = SocketIOConfiguration()
            configuration.threads = 1
            configuration.cookie = cookie
            let io = SocketIOServer(configuration)
            let port = try await io.start(host: "127.0.0.1", port: 0).port ?? 0
            let answer = try await fetch(port, "/socket.io/?EIO=4&transport=polling")
            let sid = answer.components(separatedBy: "\"sid\":\"").last?.prefix(20) ?? ""
            #expect(answer.contains("Set-Cookie: io=\(sid); Path=/; HttpOnly; SameSite=Lax\r\n") == (cookie != nil))
            #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n"))
            await io.close()
        }
    }

    @Test func anotherPathIsAnsweredOnlyThere() async throws {
        var configuration = SocketIOConfiguration()
        configuration.threads = 1
        configuration.path = "/live/"
        let io = SocketIOServer(configuration)
        let port = try await io.start(host: "127.0.0.1", port: 0).port ?? 0
        #expect(try await fetch(port, "/live/?EIO=4&transport=polling").hasPrefix("HTTP/1.1 200"))
        #expect(try await fetch(port, "/live?EIO=4&transport=polling").hasPrefix("HTTP/1.1 404"))
        #expect(try await fetch(port, "/socket.io/?EIO=4&transport=polling").hasPrefix("HTTP/1.1 404"))
        await io.close()
    }

    @Test func anotherServersEventReachesItsHandlers() async {
        let io = SocketIOServer()
        let chat = io.of("chat")
        chat.onServerSide("ask") { arguments in arguments + ["seen"] }
        #expect(await chat.receivedServerSide("ask", [1]) == [1, "seen"])
        #expect(await chat.receivedServerSide("other", [1]) == [])
        #expect(io.of("/chat") === chat)
        await io.close()
    }
}
