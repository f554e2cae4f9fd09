// SPDX-License-Identifier: Apache-2.0
internal import NIOCore
internal import ParleyEngineIO
internal import ParleyJSON

/// A WebSocket (RFC 6455): frames in and out, in one handler on the raw channel.
///
/// Payloads are unmasked where they were read to and handed on as pointers; frames are appended to one buffer that
/// leaves at the end of the loop's turn. So a message costs no allocation, and a burst of them one system call.
final class WebSocketHandler: ChannelInboundHandler, RemovableChannelHandler, WebSocketSender, TurnWriter, DeadlineOwner
{
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    enum Phase { case open, closing, closed }

    let loop: TransportLoop
    let maxMessage: Int
    var consumer: (any WebSocketConsumer)?
    var context: ChannelHandlerContext?
    /// The connection itself, once nothing stands between it and this.
    var stream: StreamChannel?
    var phase = Phase.open
    /// The beginning of a frame whose rest has not come.
    var partial: ByteBuffer?
    var fragments: Fragments?
    var out: OutputBuffer?
    private var queuedFrames = 0
    private var isFlushDue = false
    var isChannelWritable = true
    var deadline: Deadline?

    struct Fragments {
        var opcode: Opcode
        var bytes: ByteBuffer
        var count: Int
    }

    /// One that closes at once: for a WebSocket that names a session it cannot have.
    static func closing(on loop: TransportLoop) -> WebSocketHandler {
        let handler = WebSocketHandler(loop: loop, maxMessage: 125, consumer: nil)
        handler.close(code: nil)
        return handler
    }

    init(loop: TransportLoop, maxMessage: Int, consumer: (any WebSocketConsumer)?) {
        self.loop = loop
        self.maxMessage = maxMessage
        self.consumer = consumer
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        isChannelWritable = context.channel.isWritable
        if out != nil { scheduleFlush() }
    }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    /// Puts the answer to the upgrade in front of the first frames, with which it leaves.
    func begin(_ answer: (inout OutputBuffer) -> Void) {
        var whole = loop.takeBuffer()
        answer(&whole)
        if let frames = out.take() {
            whole.append(frames.bytes)
            loop.giveBack(frames)
        }
        out = consume whole
    }

    // MARK: The pipeline

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        bytes.withUnsafeMutableReadableBytes { streamRead($0) }
    }

    func channelInactive(context: ChannelHandlerContext) {
        connectionClosed()
        context.fireChannelInactive()
    }

    func connectionClosed() {
        finish(.transportClose)
        phase = .closed
        deadline?.disarm()
        out = nil
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    // MARK: Out

    var isWritable: Bool { phase == .open && isChannelWritable }

    func send(_ type: PacketType, _ text: UnsafeRawBufferPointer) {
        guard phase == .open else { return }
        writeFrame(.text, prefix: type.rawValue, text)
    }

    func send(binary: UnsafeRawBufferPointer) {
        guard phase == .open else { return }
        writeFrame(.binary, prefix: nil, binary)
    }

    /// Sends a text message as it is; what the bare echo does.
    func send(text: UnsafeRawBufferPointer) {
        guard phase == .open else { return }
        writeFrame(.text, prefix: nil, text)
    }

    func writeFrame(_ opcode: Opcode, prefix: UInt8?, _ payload: UnsafeRawBufferPointer) {
        let length = payload.count + (prefix == nil ? 0 : 1)
        if !isChannelWritable, !mayQueue(length) { return overflow() }
        if out == nil { out = loop.takeBuffer() }
        out?.append(bound: FrameHeader.maxLength + length) {
            FrameHeader.write(opcode, prefix: prefix, payload, into: $0)
        }
        queuedFrames += 1
        scheduleFlush()
    }

    private func mayQueue(_ count: Int) -> Bool {
        queuedFrames < loop.configuration.maxQueuedPackets
            && (out?.count ?? 0) + count <= loop.configuration.maxQueuedBytes
    }

    /// The client does not read. Signaling is never dropped silently: the connection ends.
    private func overflow() {
        loop.configuration.refusals.count(.slowConsumer)
        phase = .closed
        out = nil
        finish(.transportError)
        closeConnection()
    }

    func scheduleFlush() {
        guard !isFlushDue, context != nil || stream != nil else { return }
        isFlushDue = true
        loop.flushAtEndOfTurn(self)
    }

    /// Writes what has gathered, unless the channel asks to wait.
    func flush() {
        isFlushDue = false
        guard isChannelWritable || phase != .open, let buffer = out.take() else { return }
        queuedFrames = 0
        if let stream {
            stream.send(buffer.bytes)
            isChannelWritable = stream.isWritable
        } else {
            context?.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: buffer.bytes)), promise: nil)
        }
        loop.giveBack(buffer)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        isChannelWritable = context.channel.isWritable
        if isChannelWritable { flush() }
        context.fireChannelWritabilityChanged()
    }
}
