// SPDX-License-Identifier: Apache-2.0
internal import DequeModule
internal import NIOCore
internal import NIOHTTP1
internal import ParleyEngineIO
internal import ParleyTLS

/// One HTTP/1.1 connection: gathers requests, keeps their order, writes answers, guards time and size.
final class HTTPConnectionHandler: ChannelInboundHandler, RemovableChannelHandler, DeadlineOwner {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = ByteBuffer

    enum Phase {
        case awaitingHead
        case receivingBody(RequestHead, ByteBuffer)
        /// The connection takes no further request: it ends when the answers are written, or has become a WebSocket.
        case finished
    }

    /// Requests that came ahead of their turn; more than this and the connection is closed.
    private static let maxPipelined = 16

    let loop: TransportLoop
    let router: HTTPRouter
    let isSecure: Bool
    private let remoteAddress: PeerAddress
    lazy var decoder = ByteToMessageHandler(HTTPRequestDecoder(leftOverBytesStrategy: .forwardBytes))
    var guardian: HTTPHeadGuard?
    var context: ChannelHandlerContext?
    /// The connection itself, as long as no pipeline was needed.
    var stream: StreamChannel?
    /// What came without a pipeline, before the answer.
    var early = ByteBuffer()
    var phase = Phase.awaitingHead
    var current: HTTPExchange?
    var waiting: Deque<HTTPRequest> = []
    let deadline = Deadline()
    var isLingering = false
    var headBytes = 0
    /// The session that wants to know when the client gives up on `current`.
    var awaited: SessionID?
    /// Whether the session of a post was told of it before its body was complete.
    var isAnnounced = false

    init(loop: TransportLoop, router: HTTPRouter, isSecure: Bool, remoteAddress: PeerAddress) {
        self.loop = loop
        self.router = router
        self.isSecure = isSecure
        self.remoteAddress = remoteAddress
        deadline.owner = self
    }

    /// Furnishes the pipeline of a connection.
    func install(in pipeline: ChannelPipeline.SynchronousOperations) throws {
        let guardian = HTTPHeadGuard(for: self)
        self.guardian = guardian
        try pipeline.addHandlers([guardian, decoder, self])
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        loop.requestTimeout.arm(deadline)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        deadline.disarm()
        self.context = nil
        guardian = nil
    }

    // MARK: In

    /// Bytes have come, before they are decoded. False: the head is too long and was refused.
    func willDecode(_ count: Int) -> Bool {
        guard case .awaitingHead = phase, !isLingering else { return !isLingering }
        if headBytes == 0, current == nil { loop.requestTimeout.arm(deadline) }
        headBytes += count
        return true
    }

    func didDecode() {
        guard case .awaitingHead = phase, headBytes > loop.configuration.maxHeadBytes else { return }
        refuse(431, "A request head of more than \(loop.configuration.maxHeadBytes) bytes.")
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch (unwrapInboundIn(data), phase) {
        case (.head(let head), .awaitingHead):
            received(head)
        case (.body(var part), .receivingBody(let head, var body)):
            guard body.readableBytes + part.readableBytes <= loop.configuration.engine.maxPayload else {
                return refuseTooLarge(head)
            }
            phase = .awaitingHead  // gives up the reference, so that the body grows in place
            body.writeBuffer(&part)
            phase = .receivingBody(head, body)
        case (.end, .receivingBody(let head, let body)):
            phase = .awaitingHead
            headBytes = 0
            isAnnounced = false
            deadline.disarm()
            received(request(head, body))
        case (_, .finished), (.body, .awaitingHead), (.end, .awaitingHead), (.head, .receivingBody):
            break  // after a refusal
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        // A post that takes more than one read is known to its session from its beginning.
        if case .receivingBody(let head, _) = phase, head.method == .POST, !isAnnounced, current == nil {
            isAnnounced = true
            router.postBegan(request(head, ByteBuffer()), by: self, on: loop)
        }
        context.fireChannelReadComplete()
    }

    func request(_ head: RequestHead, _ body: ByteBuffer) -> HTTPRequest {
        let proxies = loop.configuration.trustedProxies
        let isTrusted = proxies.contains(remoteAddress)
        let client = isTrusted ? proxies.client(of: remoteAddress.socketAddress, head)?.ipAddress : nil
        return HTTPRequest(
            head: head, body: body, remoteAddress: client ?? remoteAddress.text, isSecure: isSecure,
            isForwarderTrusted: isTrusted)
    }

    private func received(_ head: HTTPRequestHead) {
        if let fault = RequestStrictness.fault(in: head, loop.configuration) { return refuse(fault.status, fault.text) }
        let length = head.headers.first(name: "content-length").flatMap(Int.init) ?? 0
        guard length <= loop.configuration.engine.maxPayload else { return refuseTooLarge(RequestHead(head)) }
        if head.headers.first(name: "expect")?.lowercased() == "100-continue", let context {
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: "HTTP/1.1 100 Continue\r\n\r\n")), promise: nil)
        }
        loop.requestTimeout.arm(deadline)
        phase = .receivingBody(RequestHead(head), ByteBuffer())
    }

    func received(_ request: HTTPRequest) {
        if current == nil {
            dispatch(request)
        } else if waiting.count < Self.maxPipelined {
            waiting.append(request)
        } else {
            refuse(400, "Too many requests were sent ahead.")
        }
    }

    func dispatch(_ request: HTTPRequest) {
        guard context != nil || stream != nil else { return }
        let exchange = HTTPExchange(request: request, connection: self, on: loop.eventLoop)
        current = exchange
        router.route(exchange, on: loop)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard error is HTTPParserError else { return context.close(promise: nil) }
        if case HTTPParserError.headerOverflow = error { return refuse(431, "The request head is too long.") }
        refuse(400, "This is no HTTP/1.1 request that could be read in one way only.")
    }

    func channelInactive(context: ChannelHandlerContext) {
        connectionClosed()
        context.fireChannelInactive()
    }

    func connectionClosed() {
        deadline.disarm()
        if let exchange = current, let awaited { router.aborted(exchange, session: awaited, from: loop) }
        if isAnnounced, case .receivingBody(let head, _) = phase {
            router.postAborted(request(head, ByteBuffer()), on: loop)
        }
        current = nil
        phase = .finished
        if [.handshaking, .failed, .plainHTTP].contains(stateOfTLS) { loop.refusals.count(.tls) }
    }

    private var stateOfTLS: TLSConnection.State? { (stream ?? context?.channel as? StreamChannel)?.tls?.state }

    func deadlinePassed() {
        // An idle connection is closed without a word; a request that takes too long is told so.
        if isLingering || (headBytes == 0 && !isReceivingBody) {
            if stateOfTLS == .new { loop.refusals.count(.tls) }
            if let stream { stream.closeNow() } else { context?.close(promise: nil) }
        } else {
            refuse(408, "The request took too long to arrive.")
        }
    }

    private var isReceivingBody: Bool {
        if case .receivingBody = phase { true } else { false }
    }
}
