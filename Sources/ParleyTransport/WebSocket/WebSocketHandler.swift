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
    private let maxMessage: Int
    private var consumer: (any WebSocketConsumer)?
    var context: ChannelHandlerContext?
    /// The connection itself, once nothing stands between it and this.
    var stream: StreamChannel?
    var phase = Phase.open
    /// The beginning of a frame whose rest has not come.
    var partial: ByteBuffer?
    private var fragments: Fragments?
    var out: OutputBuffer?
    private var queuedFrames = 0
    private var isFlushDue = false
    var isChannelWritable = true
    private var deadline: Deadline?

    private struct Fragments {
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

    // MARK: In

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        bytes.withUnsafeMutableReadableBytes { streamRead($0) }
    }

    /// Takes all whole frames, which are unmasked where they are, and returns how many bytes they were.
    func parse(_ bytes: UnsafeMutableRawBufferPointer) -> Int {
        var offset = 0
        while offset < bytes.count, phase != .closed {
            let rest = UnsafeMutableRawBufferPointer(rebasing: bytes[offset..<bytes.count])
            switch FrameHeader.parse(UnsafeRawBufferPointer(rest)) {
            case .incomplete: return offset
            case .invalid:
                fail(.protocolError)
                return bytes.count
            case .header(let header):
                if !header.opcode.isControl, header.payloadLength > maxMessage - (fragments?.bytes.readableBytes ?? 0) {
                    fail(.tooBig)
                    return bytes.count
                }
                let end = header.length + header.payloadLength
                guard rest.count >= end else { return offset }
                let place = UnsafeMutableRawBufferPointer(rebasing: rest[header.length..<end])
                let payload = UnsafeRawBufferPointer(place)
                let isASCII = FrameHeader.unmask(payload, mask: header.mask, into: place)
                received(header, payload, isASCII: isASCII)
                offset += end
            }
        }
        return bytes.count
    }

    private func received(_ header: FrameHeader, _ payload: UnsafeRawBufferPointer, isASCII: Bool) {
        if phase == .closing {
            // Our close is under way; all that matters is the client's.
            if header.opcode == .close { closeChannel() }
            return
        }
        switch header.opcode {
        case .text, .binary:
            guard fragments == nil else { return fail(.protocolError) }
            if header.isFinal { return deliver(header.opcode, payload, isASCII: isASCII) }
            fragments = Fragments(opcode: header.opcode, bytes: ByteBuffer(bytes: payload), count: 1)
        case .continuation:
            guard var message = fragments.take() else { return fail(.protocolError) }
            message.count += 1
            guard message.count <= loop.configuration.maxFragments else { return fail(.tooBig, .fragments) }
            message.bytes.writeBytes(payload)
            guard header.isFinal else { return fragments = message }
            message.bytes.withUnsafeReadableBytes { deliver(message.opcode, $0, isASCII: false) }
        case .ping:
            writeFrame(.pong, prefix: nil, payload)
        case .pong:
            break
        case .close:
            receivedClose(payload)
        }
    }

    private func deliver(_ opcode: Opcode, _ payload: UnsafeRawBufferPointer, isASCII: Bool) {
        if opcode == .binary {
            consumer?.received(binary: payload)
        } else if isASCII || UTF8Check.isValid(payload) {
            consumer?.received(text: payload)
        } else {
            fail(.invalidData)
        }
    }

    /// RFC 6455 §5.5.1: answered with the same code, unless it is not one that may be sent.
    private func receivedClose(_ payload: UnsafeRawBufferPointer) {
        guard payload.count != 1 else { return fail(.protocolError) }
        if payload.count >= 2 {
            let code = UInt16(payload[0]) << 8 | UInt16(payload[1])
            guard CloseCode.isSendable(code) else { return fail(.protocolError) }
            guard UTF8Check.isValid(UnsafeRawBufferPointer(rebasing: payload[2...])) else { return fail(.invalidData) }
        }
        writeFrame(.close, prefix: nil, UnsafeRawBufferPointer(rebasing: payload.prefix(2)))
        // 1000: the connection has served its purpose. Browsers that leave a page, or lose the network, say something else.
        finish(payload.prefix(2).elementsEqual([0x03, 0xE8]) ? .normalClosure : .transportClose)
        closeChannel()
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

    private func writeFrame(_ opcode: Opcode, prefix: UInt8?, _ payload: UnsafeRawBufferPointer) {
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

    // MARK: Closing

    func close(code: CloseCode?) {
        guard phase == .open else { return }
        (code?.payload ?? []).withUnsafeBytes { writeFrame(.close, prefix: nil, $0) }
        guard phase == .open else { return }
        phase = .closing
        partial = nil
        fragments = nil
        consumer = nil
        arm()
    }

    /// The client broke a rule: it is told which, and its messages end here.
    private func fail(_ code: CloseCode, _ refused: Refused? = nil) {
        loop.configuration.refusals.count(refused ?? Refused(code))
        let consumer = consumer
        close(code: code)
        consumer?.closed(.transportError)
    }

    private func finish(_ reason: CloseReason) {
        guard let consumer = consumer.take() else { return }
        consumer.closed(reason)
    }

    /// Ends the sending side after what is queued and waits for the client to end its own.
    private func closeChannel() {
        guard phase != .closed else { return }
        phase = .closed
        flush()
        // Both have said that they close, and all is written: nobody has anything to wait for.
        if let stream, stream.isDrained { return stream.closeNow() }
        if let stream { stream.closeOutput() } else { context?.close(mode: .output, promise: nil) }
        arm()
    }

    private func arm() {
        let deadline = deadline ?? Deadline()
        deadline.owner = self
        self.deadline = deadline
        loop.lingerTimeout.arm(deadline)
    }

    func deadlinePassed() {
        phase = .closed
        closeConnection()
    }

    private func closeConnection() {
        if let stream { stream.closeNow() } else { context?.close(promise: nil) }
    }
}
