// SPDX-License-Identifier: Apache-2.0
internal import NIOCore

/// What the client is told, and the end of the connection.
extension HTTPConnectionHandler {
    /// Answers a request that will not be understood and ends the connection.
    func refuse(_ status: Int, _ text: String) { refuse(.text(status, text)) }

    /// A body over the limit, which a session survives.
    func refuseTooLarge(_ head: RequestHead) {
        if isAnnounced { router.postEnded(request(head, ByteBuffer()), by: self, on: loop) }
        var response = HTTPResponse(status: 413)
        response.fields = loop.configuration.origins.fields(for: request(head, ByteBuffer()))
        refuse(response)
    }

    private func refuse(_ response: HTTPResponse) {
        guard !isLingering else { return }
        loop.configuration.refusals.count(Refused(status: response.status))
        waiting.removeAll()
        guard current == nil else {
            // An earlier request still waits for its answer; this one would be taken for it.
            context?.close(promise: nil)
            return
        }
        write(response, headOnly: false, keepAlive: false)
    }

    func respond(_ response: HTTPResponse, to exchange: HTTPExchange) {
        guard current === exchange, !isLingering else { return }
        current = nil
        awaited = nil
        let head = exchange.request.head
        write(response, headOnly: head.method == .HEAD, keepAlive: head.mayBeFollowed && !response.closes)
        guard !isLingering else { return }
        if let next = waiting.popFirst() {
            dispatch(next)
        } else if case .awaitingHead = phase, headBytes == 0 {
            loop.idleTimeout.arm(deadline)
        }
    }

    private func write(_ response: HTTPResponse, headOnly: Bool, keepAlive: Bool) {
        enterPipeline()
        guard let context else { return }
        var response = response
        if isSecure, let seconds = loop.configuration.strictTransportSeconds {
            response.fields.append(("Strict-Transport-Security", "max-age=\(seconds)"))
        }
        var buffer = context.channel.allocator.buffer(capacity: 256 + response.body.readableBytes)
        response.write(into: &buffer, keepAlive: keepAlive, headOnly: headOnly)
        context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
        if !keepAlive { linger(context) }
    }

    /// Ends the sending side and lets the client read: closing at once would reset the connection if the client still
    /// sends, and the answer would be lost with it.
    private func linger(_ context: ChannelHandlerContext) {
        phase = .finished
        isLingering = true
        current = nil
        context.close(mode: .output, promise: nil)
        loop.lingerTimeout.arm(deadline)
    }
}

extension Refused {
    /// What a status of 400 and above means, before the request was read.
    fileprivate init(status: Int) {
        self =
            switch status {
            case 408: .slowRequest
            case 413: .requestBody
            case 431: .requestHead
            default: .request
            }
    }
}
