// SPDX-License-Identifier: Apache-2.0
import NIOCore
import NIOEmbedded
import ParleyEngineIO
import ParleyTestSupport
import Testing

@testable import ParleyTransport

@Suite struct WebSocketHandlerTests {
    private final class Recorder: WebSocketConsumer {
        var texts: [String] = []
        var binaries: [[UInt8]] = []
        var end: CloseReason?

        func received(text: UnsafeRawBufferPointer) { texts.append(String(decoding: text, as: UTF8.self)) }
        func received(binary: UnsafeRawBufferPointer) { binaries.append(Array(binary)) }
        func closed(_ reason: CloseReason) { end = reason }
    }

    private struct Bench {
        let channel = EmbeddedChannel()
        let recorder = Recorder()
        let handler: WebSocketHandler

        init(maxMessage: Int = 1000, _ change: (inout TransportConfiguration) -> Void = { _ in }) throws {
            var configuration = TransportConfiguration()
            change(&configuration)
            let loop = TransportLoop(eventLoop: channel.eventLoop, index: 0, configuration: configuration)
            handler = WebSocketHandler(loop: loop, maxMessage: maxMessage, consumer: recorder)
            try channel.pipeline.syncOperations.addHandler(handler)
            try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        }

        func receive(_ bytes: [UInt8]) throws { try channel.writeInbound(ByteBuffer(bytes: bytes)) }

        func sent() throws -> [UInt8] {
            channel.embeddedEventLoop.run()
            var bytes: [UInt8] = []
            while let buffer = try channel.readOutbound(as: ByteBuffer.self) {
                bytes += Array(buffer.readableBytesView)
            }
            return bytes
        }
    }

    private static func frame(_ first: UInt8, _ text: String) -> [UInt8] { FrameTests.frame(first, Array(text.utf8)) }

    @Test func aMessageInOneFrameIsDelivered() throws {
        let bench = try Bench()
        try bench.receive(Self.frame(0x81, "héllo") + FrameTests.frame(0x82, [1, 2, 3]))
        #expect(bench.recorder.texts == ["héllo"] && bench.recorder.binaries == [[1, 2, 3]])
    }

    @Test func framesMayComeByteByByteAndCutAnywhere() throws {
        let bytes = Self.frame(0x01, "ab") + Self.frame(0x89, "p") + Self.frame(0x80, "cd") + Self.frame(0x81, "next")
        for cut in 1..<bytes.count {
            let bench = try Bench()
            try bench.receive(Array(bytes[..<cut]))
            try bench.receive(Array(bytes[cut...]))
            #expect(bench.recorder.texts == ["abcd", "next"])
        }
        let bench = try Bench()
        for byte in bytes { try bench.receive([byte]) }
        #expect(bench.recorder.texts == ["abcd", "next"])
        #expect(try bench.sent() == [0x8A, 1] + Array("p".utf8), "the ping in between was answered")
    }

    @Test func whatIsSentInOneTurnLeavesAtItsEndInOnePiece() throws {
        let bench = try Bench()
        let text = Array("x".utf8)
        text.withUnsafeBytes {
            bench.handler.send(.message, $0)
            bench.handler.send(binary: $0)
        }
        #expect(try bench.channel.readOutbound(as: ByteBuffer.self) == nil)
        bench.channel.embeddedEventLoop.run()
        let first = try bench.channel.readOutbound(as: ByteBuffer.self)
        #expect(first.map { Array($0.readableBytesView) } == [0x81, 2, 0x34, 0x78, 0x82, 1, 0x78])
        #expect(try bench.channel.readOutbound(as: ByteBuffer.self) == nil)
    }

    @Test(
        arguments: [
            (FrameTests.frame(0x80, [1]), 1002), (FrameTests.frame(0x81, [0xFF]), 1007),
            (FrameTests.frame(0x82, [UInt8](repeating: 0, count: 1001)), 1009), (FrameTests.frame(0x88, [3]), 1002),
            (FrameTests.frame(0x88, [0x03, 0xED]), 1002), (FrameTests.frame(0x88, [0x03, 0xE8, 0xC3]), 1007),
            ([0x81, 0x01, 0x00], 1002),
            (FrameTests.frame(0x01, [0x61]) + FrameTests.frame(0x81, [0x61]), 1002),
            (FrameTests.frame(0x01, [0xC3]) + FrameTests.frame(0x80, [0x28]), 1007),
        ] as [([UInt8], Int)])
    func aBrokenRuleClosesWithItsCode(_ row: (bytes: [UInt8], code: Int)) throws {
        let bench = try Bench()
        try bench.receive(row.bytes)
        #expect(try bench.sent() == [0x88, 2, UInt8(row.code >> 8), UInt8(row.code & 0xFF)])
        #expect(
            bench.recorder.end == .transportError && bench.recorder.texts.isEmpty && bench.recorder.binaries.isEmpty)
    }

    @Test func aLengthOverTheLimitIsRefusedBeforeItsBytesCome() throws {
        let bench = try Bench()
        try bench.receive(Array(FrameTests.frame(0x82, [UInt8](repeating: 0, count: 1001)).prefix(8)))
        #expect(try bench.sent() == [0x88, 2, 0x03, 0xF1])
    }

    @Test func fragmentsAreCountedAndTheirBytesAddedUp() throws {
        let many = try Bench { $0.maxFragments = 3 }
        try many.receive(Self.frame(0x01, "a") + Self.frame(0x00, "b") + Self.frame(0x00, "c"))
        #expect(many.recorder.end == nil)
        try many.receive(Self.frame(0x80, "d"))
        #expect(try many.sent() == [0x88, 2, 0x03, 0xF1])
        let large = try Bench(maxMessage: 10)
        try large.receive(Self.frame(0x01, "123456") + Self.frame(0x80, "12345"))
        #expect(try large.sent() == [0x88, 2, 0x03, 0xF1])
    }

    @Test func aCloseIsAnsweredWithItsCodeAndEndsTheConsumer() throws {
        let bench = try Bench()
        try bench.receive(FrameTests.frame(0x88, [0x03, 0xE8, 0x62, 0x79]))
        #expect(try bench.sent() == [0x88, 2, 0x03, 0xE8])
        #expect(bench.recorder.end == .normalClosure)
    }

    @Test func nothingIsDeliveredOnceTheServerCloses() throws {
        let bench = try Bench()
        bench.handler.close(code: .goingAway)
        try bench.receive(Self.frame(0x81, "late"))
        #expect(bench.recorder.texts.isEmpty)
        #expect(try bench.sent() == [0x88, 2, 0x03, 0xE9])
    }

    @Test func aClientThatDoesNotReadIsCutOffAtTheBoundOfItsQueue() throws {
        let bench = try Bench { $0.maxQueuedPackets = 4 }
        bench.channel.isWritable = false
        bench.channel.pipeline.fireChannelWritabilityChanged()
        let text = Array("x".utf8)
        for _ in 0..<4 { text.withUnsafeBytes { bench.handler.send(.message, $0) } }
        #expect(bench.recorder.end == nil)
        text.withUnsafeBytes { bench.handler.send(.message, $0) }
        #expect(bench.recorder.end == .transportError)
    }

    @Test func randomBytesDoNoHarm() throws {
        var generator = SeededGenerator(seed: 0xFEED)
        for _ in 0..<3000 {
            let bench = try Bench()
            var bytes = Self.frame(0x01, "ab") + Self.frame(0x80, "cd")
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                bytes[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
            }
            try bench.receive(bytes)
            _ = try bench.sent()
        }
    }
}
