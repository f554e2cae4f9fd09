// SPDX-License-Identifier: Apache-2.0
import NIOConcurrencyHelpers
import NIOCore
import Testing

@testable import ParleySocketIO

/// The public API over live TCP.
@Suite(.timeLimit(.minutes(1))) struct ServerTests {
    /// Runs `body` with a server on a free port, on two loops.
    private func serve(
        _ change: (inout SocketIOConfiguration) -> Void = { _ in }, _ furnish: (SocketIOServer) -> Void,
        _ body: (Int) async throws -> Void
    ) async throws {
        var configuration = SocketIOConfiguration()
        configuration.threads = 2
        change(&configuration)
        let io = SocketIOServer(configuration)
        furnish(io)
        let port = try await io.start(host: "127.0.0.1", port: 0).port ?? 0
        do { try await body(port) } catch {
            await io.close()
            throw error
        }
        await io.close()
    }

    @Test func eventsAreHandledInOrderAndAcked() async throws {
        try await serve { _ in
        } _: { io in
            io.onConnection { socket in
                socket.on("slow") { event in
                    try? await Task.sleep(for: .milliseconds(20))
                    event.ack?("slow", event[0])
                }
                socket.on("fast") { event in event.ack?("fast", event[0]) }
            }
        } _: { port in
            let client = try await TestClient.connected(port)
            try await client.send("421[\"slow\",1]")
            try await client.send("422[\"fast\",2]")
            #expect(try await client.next() == "431[\"slow\",1]")
            #expect(try await client.next() == "432[\"fast\",2]")
            await client.close()
        }
    }

    @Test func everythingAnApplicationHandsInRunsOnTheLoopOfTheSocket() async throws {
        let offLoop = NIOLockedValueBox<[String]>([])
        @Sendable func check(_ socket: Socket, _ place: String) {
            if !socket.eventLoop.inEventLoop { offLoop.withLockedValue { $0.append(place) } }
        }
        try await serve { _ in
        } _: { io in
            io.use { socket in
                check(socket, "middleware")
                try await Task.sleep(for: .milliseconds(1))
                check(socket, "middleware after a pause")
            }
            io.onConnection { socket in
                check(socket, "connection")
                await Task.yield()
                check(socket, "connection after a pause")
                socket.use { _ in check(socket, "step") }
                socket.on("a") { event in
                    check(socket, "event")
                    try? await Task.sleep(for: .milliseconds(1))
                    check(socket, "event after a pause")
                    event.ack?()
                }
            }
        } _: { port in
            let client = try await TestClient.connected(port)
            try await client.send("420[\"a\"]")
            #expect(try await client.next() == "430[]")
            await client.close()
        }
        #expect(offLoop.withLockedValue { $0 } == [])
    }

    @Test func middlewareRefusesWithMessageAndData() async throws {
        try await serve { _ in
        } _: { io in
            io.of("/chat").use { socket in
                guard socket.handshake.auth["token"] == "right" else {
                    throw ConnectError("not authorized", data: ["code": 7])
                }
            }
        } _: { port in
            let client = try await TestClient.opened(port)
            try await client.send("40/chat,{\"token\":\"wrong\"}")
            #expect(try await client.next() == "44/chat,{\"message\":\"not authorized\",\"data\":{\"code\":7}}")
            try await client.send("40/chat,{\"token\":\"right\"}")
            #expect(try await client.next().hasPrefix("40/chat,{\"sid\":"))
            try await client.send("40/none,")
            #expect(try await client.next() == "44/none,{\"message\":\"Invalid namespace\"}")
            await client.close()
        }
    }

    @Test func broadcastsReachRoomsOnEveryLoopOnce() async throws {
        let io = NIOLockedValueBox<SocketIOServer?>(nil)
        try await serve { _ in
        } _: { server in
            io.withLockedValue { $0 = server }
            server.onConnection { socket in
                socket.on("join") { event in
                    socket.join("a", "b")
                    event.ack?()
                }
            }
        } _: { port in
            var clients: [TestClient] = []
            for _ in 0..<6 { clients.append(try await TestClient.connected(port)) }
            for client in clients.prefix(4) {
                try await client.send("420[\"join\"]")
                #expect(try await client.next() == "430[]")
            }
            guard let server = io.withLockedValue({ $0 }) else { return }
            #expect(try await server.of("/").in("a").fetchSockets().count == 4)
            server.to("a", "b").except(clients[0].sid).emit("news", 1)
            server.emit("end")
            for (index, client) in clients.enumerated() {
                if (1..<4).contains(index) { #expect(try await client.next() == "42[\"news\",1]") }
                #expect(try await client.next() == "42[\"end\"]")
            }
            async let answers = server.of("/").in("a").timeout(.milliseconds(300)).emitWithAck("ask")
            for client in clients.prefix(3) {
                let asked = try await client.next()
                let id = asked.dropFirst(2).prefix { $0 != "[" }
                try await client.send("43\(id)[\"yes\"]")
            }
            let result = await answers
            #expect(result.answers == ["yes", "yes", "yes"] && result.missing == 1)
            for client in clients { await client.close() }
        }
    }

    @Test func aLostConnectionIsTakenUpWithWhatItMissed() async throws {
        let io = NIOLockedValueBox<SocketIOServer?>(nil)
        try await serve {
            $0.recovery = RecoveryConfiguration()
        } _: { server in
            io.withLockedValue { $0 = server }
            server.onConnection { socket in
                socket.join("a")
                socket.emit("recovered", .bool(socket.isRecovered))
            }
        } _: { port in
            guard let server = io.withLockedValue({ $0 }) else { return }
            let first = try await TestClient.connected(port)
            let hello = try JSON(parsing: String(try await first.next().dropFirst(2)))
            let offset = hello[2]?.stringValue ?? ""
            await first.close()
            while try await server.of("/").fetchSockets().count > 0 { try await Task.sleep(for: .milliseconds(5)) }
            server.to("a").emit("missed", 1)
            let second = try await TestClient.opened(port)
            try await second.send("40{\"pid\":\"\(first.pid)\",\"offset\":\"\(offset)\"}")
            #expect(try await second.next().hasPrefix("42[\"missed\",1,"))
            #expect(try await second.next() == "40{\"sid\":\"\(first.sid)\",\"pid\":\"\(first.pid)\"}")
            #expect(try await second.next().hasPrefix("42[\"recovered\",true,"))
            await second.close()
        }
    }

    @Test func aDynamicNamespaceComesIntoBeing() async throws {
        try await serve { _ in
        } _: { io in
            io.of { name, _ in name.hasPrefix("/dyn-") }.onConnection { $0.emit("in", .string($0.namespace.name)) }
        } _: { port in
            let client = try await TestClient.opened(port)
            try await client.send("40/dyn-1,")
            #expect(try await client.next().hasPrefix("40/dyn-1,{"))
            #expect(try await client.next() == "42/dyn-1,[\"in\",\"/dyn-1\"]")
            try await client.send("40/other,")
            #expect(try await client.next() == "44/other,{\"message\":\"Invalid namespace\"}")
            await client.close()
        }
    }

    @Test func perPacketMiddlewareCatchAllAndDisconnectReason() async throws {
        let seen = NIOLockedValueBox<[String]>([])
        func note(_ text: String) { seen.withLockedValue { $0.append(text) } }
        try await serve { _ in
        } _: { io in
            io.onConnection { socket in
                socket.use { event in if event.name == "bad" { throw ConnectError("no") } }
                socket.onAny { event in seen.withLockedValue { $0.append("any \(event.name)") } }
                socket.on("bad") { _ in seen.withLockedValue { $0.append("reached") } }
                socket.onError { error in
                    seen.withLockedValue { $0.append("error \((error as? ConnectError)?.message ?? "")") }
                }
                socket.onDisconnect { reason in seen.withLockedValue { $0.append(reason.text) } }
            }
        } _: { port in
            let client = try await TestClient.connected(port)
            try await client.send("42[\"good\"]")
            try await client.send("42[\"bad\"]")
            try await client.send("41")
            while seen.withLockedValue({ $0.count }) < 3 { try await Task.sleep(for: .milliseconds(5)) }
            #expect(seen.withLockedValue { $0 } == ["any good", "error no", "client namespace disconnect"])
            await client.close()
        }
    }
}
