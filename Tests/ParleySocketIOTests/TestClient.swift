// SPDX-License-Identifier: Apache-2.0
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOWebSocket
import ParleyJSON

/// A bare WebSocket client that speaks in Engine.IO packets, made of NIO's own handlers so that it shares nothing with the
/// code under test.
struct TestClient: Sendable {
    private let channel: any Channel
    private let packets: Inbox
    private(set) var sid = ""
    private(set) var pid = ""

    struct Ended: Error {}

    /// Packets that have come, for a reader that awaits them one by one.
    private actor Inbox {
        private var waiting: [String] = []
        private var reader: CheckedContinuation<String?, Never>?
        private var hasEnded = false

        func add(_ packet: String) {
            if let reader {
                self.reader = nil
                reader.resume(returning: packet)
            } else {
                waiting.append(packet)
            }
        }

        func end() {
            hasEnded = true
            reader?.resume(returning: nil)
            reader = nil
        }

        func next() async -> String? {
            if !waiting.isEmpty { return waiting.removeFirst() }
            if hasEnded { return nil }
            return await withCheckedContinuation { reader = $0 }
        }
    }

    private final class Reader: ChannelInboundHandler {
        typealias InboundIn = WebSocketFrame
        private let continuation: AsyncStream<String>.Continuation

        init(_ continuation: AsyncStream<String>.Continuation) { self.continuation = continuation }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let frame = unwrapInboundIn(data)
            let text = String(buffer: frame.unmaskedData)
            // Pings are answered by nobody here: no test lasts that long.
            if frame.opcode == .text, text != "2" { continuation.yield(text) }
        }

        func channelInactive(context: ChannelHandlerContext) { continuation.finish() }
    }

    /// A client whose Engine.IO session is open.
    static func opened(_ port: Int) async throws -> TestClient {
        let (stream, continuation) = AsyncStream.makeStream(of: String.self)
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    let upgrader = NIOWebSocketClientUpgrader { channel, _ in
                        channel.eventLoop.makeCompletedFuture {
                            try channel.pipeline.syncOperations.addHandler(Reader(continuation))
                        }
                    }
                    // The first packet often comes in one segment with the 101.
                    try channel.pipeline.syncOperations.addHTTPClientHandlers(
                        leftOverBytesStrategy: .forwardBytes,
                        withClientUpgrade: (upgraders: [upgrader], completionHandler: { _ in }))
                    return channel
                }
            }
        let target = "/socket.io/?EIO=4&transport=websocket"
        let head = HTTPRequestHead(version: .http1_1, method: .GET, uri: target, headers: ["Host": "127.0.0.1"])
        channel.write(HTTPClientRequestPart.head(head), promise: nil)
        try await channel.writeAndFlush(HTTPClientRequestPart.end(nil))
        let inbox = Inbox()
        Task {
            for await packet in stream { await inbox.add(packet) }
            await inbox.end()
        }
        let client = TestClient(channel: channel, packets: inbox)
        guard try await client.next().hasPrefix("0{") else { throw Ended() }
        return client
    }

    /// A client that has joined `/`.
    static func connected(_ port: Int) async throws -> TestClient {
        var client = try await opened(port)
        try await client.send("40")
        let reply = try JSON(parsing: String(try await client.next().dropFirst(2)))
        client.sid = reply["sid"]?.stringValue ?? ""
        client.pid = reply["pid"]?.stringValue ?? ""
        return client
    }

    private init(channel: any Channel, packets: Inbox) {
        self.channel = channel
        self.packets = packets
    }

    func send(_ packet: String) async throws {
        let key = WebSocketMaskingKey.random()
        let frame = WebSocketFrame(fin: true, opcode: .text, maskKey: key, data: ByteBuffer(string: packet))
        try await channel.writeAndFlush(frame)
    }

    /// The next packet, pings left out.
    func next() async throws -> String {
        guard let packet = await packets.next() else { throw Ended() }
        return packet
    }

    func close() async {
        // One that the server has closed is closed all the same.
        try? await channel.close()
    }
}
