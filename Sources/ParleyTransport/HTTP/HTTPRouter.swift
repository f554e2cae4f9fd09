// SPDX-License-Identifier: Apache-2.0
internal import NIOCore
internal import NIOHTTP1
internal import ParleyEngineIO

/// Something beside the Engine.IO endpoint that answers requests, such as a page or a health check.
package protocol HTTPRoute: Sendable {
    /// Sees to a request; false when it is not for this route. Called on the connection's loop; must not block. The
    /// answer may come later.
    func handle(_ exchange: HTTPExchange) -> Bool
}

/// Decides which part of the server a request is for. One for all loops.
final class HTTPRouter: Sendable {
    let loops: [NIOLoopBound<TransportLoop>]
    let configuration: TransportConfiguration
    let addresses: AddressCounter
    private let routes: [any HTTPRoute]
    private let delegate: @Sendable (TransportLoop) -> any TransportDelegate
    private let prefix: String

    init(
        loops: [NIOLoopBound<TransportLoop>], configuration: TransportConfiguration, addresses: AddressCounter? = nil,
        routes: [any HTTPRoute],
        delegate: @escaping @Sendable (TransportLoop) -> any TransportDelegate
    ) {
        self.loops = loops
        self.configuration = configuration
        self.addresses = addresses ?? AddressCounter(configuration)
        self.routes = routes
        self.delegate = delegate
        prefix = configuration.prefix
    }

    /// Finds an answer to the request. On the connection's loop.
    func route(_ exchange: HTTPExchange, on loop: TransportLoop) {
        let request = exchange.request
        let path = request.path
        // Most requests are for the endpoint itself, which no route may take.
        if path != prefix {
            for route in routes where route.handle(exchange) { return }
            guard path.hasPrefix(prefix) else { return exchange.respond(notFound(request)) }
        }
        EngineRequest(exchange: exchange, router: self, loop: loop).run()
    }

    func delegate(on loop: TransportLoop) -> any TransportDelegate { delegate(loop) }

    /// The client has given up on a request that waits in a session.
    func aborted(_ exchange: HTTPExchange, session: SessionID, from loop: TransportLoop) {
        withSession(session, from: loop) { $0?.aborted(exchange) }
    }

    /// The body of a post has begun to come.
    func postBegan(_ request: HTTPRequest, by connection: HTTPConnectionHandler, on loop: TransportLoop) {
        let origin = ObjectIdentifier(connection)
        withSession(of: request, from: loop) { $0?.postBegan(by: origin) }
    }

    /// The body of a post was refused.
    func postEnded(_ request: HTTPRequest, by connection: HTTPConnectionHandler, on loop: TransportLoop) {
        let origin = ObjectIdentifier(connection)
        withSession(of: request, from: loop) { $0?.postEnded(by: origin) }
    }

    /// The connection is gone before the body of a post was complete.
    func postAborted(_ request: HTTPRequest, on loop: TransportLoop) {
        withSession(of: request, from: loop) { $0?.transportClosed(.transportError) }
    }

    private func withSession(
        of request: HTTPRequest, from loop: TransportLoop, _ body: @escaping @Sendable (Session?) -> Void
    ) {
        guard request.path.hasPrefix(prefix), let id = request.query["sid"].flatMap({ SessionID($0) }) else { return }
        withSession(id, from: loop) { session in body(session?.isPolling == true ? session : nil) }
    }

    /// Runs `body` on the loop that owns the session, with nil when there is no such session.
    func withSession(_ id: SessionID, from loop: TransportLoop, _ body: @escaping @Sendable (Session?) -> Void) {
        guard id.loop < loops.count else { return body(nil) }
        if id.loop == loop.index { return body(loop.sessions[id]) }
        let home = loops[id.loop]
        home.eventLoop.execute { body(home.value.sessions[id]) }
    }

    private func notFound(_ request: HTTPRequest) -> HTTPResponse {
        var response = HTTPResponse.text(404, "There is nothing at \(request.path).")
        response.closes = request.head.first("upgrade") != nil
        return response
    }
}
