// SPDX-License-Identifier: Apache-2.0
import CParleyEpoll
import CParleyOpenSSL
import NIOCore
import ParleyTLS
import ParleyTestSupport
import Testing

@testable import ParleyTransport

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Streams with TLS over real sockets, with a blocking client of OpenSSL's own.
@Suite(.serialized, .timeLimit(.minutes(1))) struct TLSStreamTests {
    private final class Client {
        let descriptor: CInt
        let ssl: OpaquePointer
        private let context: OpaquePointer

        /// Connects and does nothing else.
        init(_ address: SocketAddress) throws {
            let descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
            self.descriptor = descriptor
            // Little is on its way, so that the server has to wait for the client.
            var size: CInt = 4096
            setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(4))
            var limit = timeval(tv_sec: 20, tv_usec: 0)
            setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
            try address.withSockAddr { pointer, size in
                _ = try Descriptor.check(connect(descriptor, pointer, socklen_t(size)), "connect")
            }
            // OpenSSL writes as if nobody could have left.
            signal(SIGPIPE, SIG_IGN)
            context = try #require(SSL_CTX_new(TLS_client_method()))
            ssl = try #require(SSL_new(context))
            SSL_set_fd(ssl, descriptor)
        }

        deinit {
            SSL_free(ssl)
            SSL_CTX_free(context)
            Descriptor.close(descriptor)
        }

        func handshake() { #expect(SSL_connect(ssl) == 1) }

        func send(_ text: String) { #expect(SSL_write(ssl, text, CInt(text.utf8.count)) > 0) }

        /// What comes next; nothing when the server has said that it sends no more.
        func receive() throws -> [UInt8] {
            var bytes = [UInt8](repeating: 0, count: 16_384)
            let count = SSL_read(ssl, &bytes, CInt(bytes.count))
            if count <= 0 { #expect(SSL_get_error(ssl, count) == SSL_ERROR_ZERO_RETURN) }
            return Array(bytes.prefix(Int(max(0, count))))
        }

        func receiveAll() throws -> [UInt8] {
            var all: [UInt8] = []
            while case let bytes = try receive(), !bytes.isEmpty { all += bytes }
            return all
        }
    }

    /// Answers what comes with what `answer` makes of it.
    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        private let answer: (String, ChannelHandlerContext) -> Void
        init(_ answer: @escaping (String, ChannelHandlerContext) -> Void) { self.answer = answer }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            answer(String(buffer: unwrapInboundIn(data)), context)
        }
    }

    private final class Reader: StreamReader {
        private let stream: StreamChannel
        init(_ stream: StreamChannel) { self.stream = stream }
        func streamRead(_ bytes: UnsafeMutableRawBufferPointer) {
            TLSStreamTests.pattern.withUnsafeBytes { stream.send($0) }
            "now".utf8.withContiguousStorageIfAvailable { stream.send(UnsafeRawBufferPointer($0)) }
            stream.closeOutput()
        }
        func streamBecameWritable() {}
        func streamClosed() {}
    }

    /// Much more than sockets hold, and nowhere the same.
    private static let pattern = (0..<2_000_000).flatMap { index in withUnsafeBytes(of: UInt32(index)) { Array($0) } }

    private static func served(
        _ accepted: @escaping @Sendable (StreamChannel) throws -> Void, _ body: (SocketAddress) async throws -> Void
    ) async throws {
        let group = EpollLoopGroup(threads: 1)
        let context = try TLSContext(SelfSigned("localhost"))
        let listener = try Listener(
            on: group.loops[0], address: SocketAddress(ipAddress: "127.0.0.1", port: 0), for: group.loops
        ) { channel in
            channel.tls = TLSFilter(context, on: channel.loop)
            try accepted(channel)
        }
        try await listener.start()
        try await body(listener.address)
        await listener.close()
        try await group.shutdownGracefully()
    }

    @Test func whatWaitsForASlowClientArrivesWholeAndThenTheGoodbye() async throws {
        try await Self.served({ channel in
            try channel.pipeline.syncOperations.addHandler(
                Handler { _, context in
                    context.writeAndFlush(NIOAny(ByteBuffer(bytes: Self.pattern)), promise: nil)
                    #expect(!context.channel.isWritable)
                    context.writeAndFlush(NIOAny(ByteBuffer(string: "now")), promise: nil)
                    context.close(mode: .output, promise: nil)
                })
        }) { address in
            let client = try Client(address)
            client.handshake()
            client.send("go")
            #expect(try client.receiveAll() == Self.pattern + Array("now".utf8))
        }
    }

    @Test func theSameWithoutAPipeline() async throws {
        try await Self.served({ $0.takeOver(by: Reader($0)) }) { address in
            let client = try Client(address)
            client.handshake()
            client.send("go")
            #expect(try client.receiveAll() == Self.pattern + Array("now".utf8))
        }
    }

    @Test func whatIsWrittenBeforeTheHandshakeWaitsForIt() async throws {
        try await Self.served({ channel in
            channel.loop.execute {
                channel.writeAndFlush(ByteBuffer(string: "early"), promise: nil)
                #expect(!channel.isAwaitingWritable, "the socket is writable all the time: the loop would spin")
            }
        }) { address in
            let client = try Client(address)
            client.handshake()
            #expect(try client.receive() == Array("early".utf8))
        }
    }

    /// Questions for new keys have answers, one for all that are read at once. Who asks on and on, and reads none, is closed.
    @Test func answersOfTLSThatNobodyReadsAreBounded() async throws {
        try await Self.served({ channel in
            var size: CInt = 4096
            setsockopt(channel.descriptor, SOL_SOCKET, SO_SNDBUF, &size, socklen_t(4))
        }) { address in
            let client = try Client(address)
            client.handshake()
            // Without the bound there is nothing that would end this before. The pause lets the server read each by itself.
            var asked = 0
            while asked < 100_000, SSL_key_update(client.ssl, SSL_KEY_UPDATE_REQUESTED) == 1,
                SSL_do_handshake(client.ssl) == 1
            {
                asked += 1
                usleep(50)
            }
            #expect(asked < 100_000)
        }
    }
}
