// SPDX-License-Identifier: Apache-2.0
import CParleyEpoll
import Dispatch
import NIOConcurrencyHelpers
import NIOCore
import Testing

@testable import ParleyTransport

/// Over real sockets: a listener, what it accepts, and blocking clients.
@Suite(.serialized, .timeLimit(.minutes(1))) struct StreamChannelTests {
    /// Everything that happened on one connection.
    private final class Events: Sendable {
        private let box = NIOLockedValueBox<[String]>([])
        var all: [String] { box.withLockedValue { $0 } }
        func add(_ event: String) { box.withLockedValue { $0.append(event) } }

        func wait(for event: String) async throws {
            for _ in 0..<1000 where !all.contains(event) { try await Task.sleep(for: .milliseconds(5)) }
            #expect(all.contains(event), "\(all)")
        }
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer
        private let events: Events
        private let answer: @Sendable (String, ChannelHandlerContext) -> Void

        init(_ events: Events, _ answer: @escaping @Sendable (String, ChannelHandlerContext) -> Void) {
            self.events = events
            self.answer = answer
        }

        func channelActive(context: ChannelHandlerContext) { events.add("active") }
        func channelInactive(context: ChannelHandlerContext) { events.add("inactive") }
        func handlerRemoved(context: ChannelHandlerContext) { events.add("removed") }
        func errorCaught(context: ChannelHandlerContext, error: any Error) { events.add("error") }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let text = String(buffer: unwrapInboundIn(data))
            events.add("read " + text.prefix(20))
            answer(text, context)
        }

        func channelWritabilityChanged(context: ChannelHandlerContext) {
            events.add(context.channel.isWritable ? "writable" : "not writable")
        }
    }

    private final class Reader: StreamReader {
        private let events: Events
        private let stream: StreamChannel
        private let answer: @Sendable (String, StreamChannel) -> Void

        init(_ events: Events, _ stream: StreamChannel, _ answer: @escaping @Sendable (String, StreamChannel) -> Void) {
            self.events = events
            self.stream = stream
            self.answer = answer
        }

        func streamRead(_ bytes: UnsafeMutableRawBufferPointer) {
            let text = String(decoding: bytes, as: UTF8.self)
            events.add("read " + text.prefix(20))
            answer(text, stream)
        }
        func streamBecameWritable() { events.add("writable") }
        func streamClosed() { events.add("closed") }
    }

    private static func served(
        threads: Int = 1, _ accepted: @escaping @Sendable (StreamChannel) throws -> Void,
        _ body: (SocketAddress, EpollLoopGroup) async throws -> Void
    ) async throws {
        let group = EpollLoopGroup(threads: threads)
        let listener = try Listener(
            on: group.loops[0], address: SocketAddress(ipAddress: "127.0.0.1", port: 0), for: group.loops,
            accepted: accepted)
        try await listener.start()
        try await body(listener.address, group)
        await listener.close()
        try await group.shutdownGracefully()
    }

    /// A connection with a handler in its pipeline.
    private static func piped(
        _ answer: @escaping @Sendable (String, ChannelHandlerContext) -> Void,
        _ body: (Client, Events) async throws -> Void
    ) async throws {
        let events = Events()
        try await served({ try $0.pipeline.syncOperations.addHandler(Handler(events, answer)) }) { address, _ in
            try await body(Client(address), events)
        }
    }

    /// A connection without one.
    private static func direct(
        _ answer: @escaping @Sendable (String, StreamChannel) -> Void, _ body: (Client, Events) async throws -> Void
    ) async throws {
        let events = Events()
        try await served({ $0.takeOver(by: Reader(events, $0, answer)) }) { address, _ in
            try await body(Client(address), events)
        }
    }

    private static func send(_ text: String, _ stream: StreamChannel) {
        Array(text.utf8).withUnsafeBytes { stream.send($0) }
    }

    private static func write(_ count: Int, _ context: ChannelHandlerContext) {
        context.write(NIOAny(ByteBuffer(repeating: 0x61, count: count)), promise: nil)
    }

    @Test func aPipelineReadsWritesAndIsTakenDown() async throws {
        try await Self.piped({ text, context in
            #expect(context.channel.remoteAddress?.ipAddress == "127.0.0.1" && context.channel.localAddress != nil)
            context.write(NIOAny(ByteBuffer(string: text)), promise: nil)
            context.writeAndFlush(NIOAny(ByteBuffer(string: "!")), promise: nil)
        }) { client, events in
            client.send("hello")
            #expect(client.receive() == "hello!")
            client.endOutput()
            #expect(client.receive() == nil)
            try await events.wait(for: "removed")
            #expect(events.all == ["active", "read hello", "inactive", "removed"])
        }
    }

    @Test func acceptedConnectionsSendSmallPacketsAtOnce() async throws {
        let events = Events()
        try await Self.served({ channel in
            var value: CInt = 0
            var size = socklen_t(4)
            getsockopt(channel.descriptor, CInt(IPPROTO_TCP), TCP_NODELAY, &value, &size)
            events.add("no delay \(value != 0)")
        }) { address, _ in
            _ = try Client(address)
            try await events.wait(for: "no delay true")
        }
    }

    @Test func whatIsFlushedLeavesBeforeTheOutputEnds() async throws {
        try await Self.piped({ _, context in
            Self.write(4 << 20, context)
            context.flush()
            Self.write(10, context)
            context.close(mode: .output, promise: nil)
            context.writeAndFlush(NIOAny(ByteBuffer(string: "late")), promise: nil)
        }) { client, events in
            client.send("go")
            #expect(client.receiveAll() == 4 << 20)
            #expect(!events.all.contains("inactive"), "the client may still send")
            client.send("more")
            try await events.wait(for: "read more")
        }
    }

    @Test func aSlowReaderMakesTheChannelUnwritableUntilItReads() async throws {
        try await Self.piped({ _, context in
            Self.write(8 << 20, context)
            context.flush()
        }) { client, events in
            client.send("go")
            try await events.wait(for: "not writable")
            #expect(!events.all.contains("writable"))
            var left = 8 << 20
            while left > 0, let text = client.receive() { left -= text.utf8.count }
            #expect(left == 0)
            try await events.wait(for: "writable")
        }
    }

    @Test func aSlowReaderOfADirectStreamIsServedInOrder() async throws {
        let pad = String(repeating: ".", count: 4000)
        try await Self.direct({ text, stream in
            for number in 0..<3000 { Self.send("\(number)" + pad, stream) }
            if !stream.isWritable { Self.send("not writable", stream) }
            stream.closeOutput()
            Self.send("late", stream)
        }) { client, events in
            client.send("go")
            try await Task.sleep(for: .milliseconds(50))
            var text = ""
            while let part = client.receive() { text += part }
            let isWhole = text == (0..<3000).map { "\($0)" + pad }.joined() + "not writable"
            #expect(isWhole)
            try await events.wait(for: "writable")
            client.endOutput()
            try await events.wait(for: "closed")
        }
    }

    @Test func aStreamMayBeClosedWhileItIsRead() async throws {
        try await Self.direct({ _, stream in
            Self.send("bye", stream)
            stream.closeNow()
            Self.send("late", stream)
        }) { client, events in
            client.send("go")
            #expect(client.receive() == "bye")
            #expect(client.receive() == nil)
            try await events.wait(for: "closed")
            #expect(events.all == ["read go", "closed"])
        }
    }

    /// Streams without a pipeline, and what holds their loop until it is called.
    private static func held(
        _ count: Int, _ answer: @escaping @Sendable (String, StreamChannel) -> Void,
        _ body: ([Client], [StreamChannel], Events, _ release: () -> Void) async throws -> Void
    ) async throws {
        let (events, streams) = (Events(), NIOLockedValueBox<[StreamChannel]>([]))
        try await served({ stream in
            stream.takeOver(by: Reader(events, stream, answer))
            streams.withLockedValue { $0.append(stream) }
            events.add("stream \(streams.withLockedValue { $0.count })")
        }) { address, group in
            let clients = try (0..<count).map { _ in try Client(address) }
            try await events.wait(for: "stream \(count)")
            let gate = DispatchSemaphore(value: 0)
            group.loops[0].execute { gate.wait() }
            try await body(clients, streams.withLockedValue { $0 }, events) { gate.signal() }
            streams.withLockedValue { $0 = [] }
        }
    }

    @Test func whatAClientSentBeforeItLeftIsReadThoughItTakesNoAnswer() async throws {
        try await Self.held(1, { _, _ in }) { clients, streams, events, release in
            clients[0].send("last words")
            clients[0].reset()
            streams[0].loop.execute { for _ in 0..<3 { Self.send("answer", streams[0]) } }
            release()
            try await events.wait(for: "closed")
            #expect(events.all == ["stream 1", "read last words", "closed"])
        }
    }

    @Test func anEventForAStreamThatWasClosedMeanwhileIsIgnored() async throws {
        let others = NIOLockedValueBox<[StreamChannel]>([])
        try await Self.held(
            3,
            { _, stream in for other in others.withLockedValue({ $0 }) where other !== stream { other.closeNow() } }
        ) { clients, streams, events, release in
            others.withLockedValue { $0 = streams }
            for client in clients { client.send("hello") }
            release()
            for _ in 0..<2 { try await events.wait(for: "closed") }
            try await streams[0].loop.submit {}.get()
            #expect(events.all.filter { $0 == "read hello" }.count == 1)
            others.withLockedValue { $0 = [] }
        }
    }

    @Test func anEventOfAnEarlierUseOfADescriptorIsStale() {
        var table = SourceTable()
        let (first, second) = (EpollSource(descriptor: 70), EpollSource(descriptor: 70))
        let stale = table.insert(first)
        #expect(table.source(stale) === first)
        table.remove(first)
        #expect(table.source(stale) == nil)
        let mark = table.insert(second)
        #expect(table.source(stale) == nil && table.source(mark) === second)
        table.remove(first)
        #expect(table.source(mark) === second, "one that is out already takes nobody out")
    }

    @Test func connectionsAreSpreadOverTheLoops() async throws {
        let events = Events()
        try await Self.served(
            threads: 3,
            { stream in
                #expect(stream.loop.inEventLoop)
                try stream.pipeline.syncOperations.addHandler(
                    Handler(events) { text, context in
                        context.writeAndFlush(NIOAny(ByteBuffer(string: text)), promise: nil)
                    })
                events.add("\(ObjectIdentifier(stream.loop))")
            }
        ) { address, _ in
            for _ in 0..<6 {
                let client = try Client(address)
                client.send("x")
                #expect(client.receive() == "x")
            }
            #expect(Set(events.all.filter { $0.hasPrefix("ObjectIdentifier") }).count == 3)
        }
    }

    @Test func nobodyMayBindAPortTwice() async throws {
        try await Self.served({ _ in }) { address, group in
            #expect(throws: IOError.self) {
                try Listener(on: group.loops[0], address: address, for: group.loops) { _ in }
            }
        }
    }

    @Test func theEndOfTheLoopClosesWhatIsOpenAndItsDescriptors() async throws {
        let (events, weakly) = (Events(), NIOLockedValueBox<[Weak]>([]))
        let group = EpollLoopGroup(threads: 1)
        let listener = try Listener(
            on: group.loops[0], address: SocketAddress(ipAddress: "127.0.0.1", port: 0), for: group.loops
        ) { stream in
            weakly.withLockedValue { $0.append(Weak(stream: stream)) }
            try stream.pipeline.syncOperations.addHandler(Handler(events) { _, _ in })
            stream.closeFuture.whenComplete { _ in events.add("close future") }
        }
        try await listener.start()
        let client = try Client(listener.address)
        try await events.wait(for: "active")
        try await group.shutdownGracefully()
        #expect(client.receive() == nil)
        #expect(events.all == ["active", "inactive", "removed", "close future"])
        #expect(weakly.withLockedValue { $0.allSatisfy { $0.stream == nil } })
        #expect(throws: IOError.self) { _ = try Client(listener.address) }
    }

    private struct Weak: Sendable {
        weak let stream: StreamChannel?
    }
}
