// SPDX-License-Identifier: Apache-2.0
internal import NIOHTTP1
internal import ParleyEngineIO

/// A request to the Engine.IO endpoint: checked in the order of the official server, then handed to its session.
struct EngineRequest: Sendable {
    let exchange: HTTPExchange
    let router: HTTPRouter
    let transport: String?
    let sid: String
    let version: String?
    let isUpgrade: Bool
    private let loop: Int

    init(exchange: HTTPExchange, router: HTTPRouter, loop: TransportLoop) {
        self.exchange = exchange
        self.router = router
        self.loop = loop.index
        let query = exchange.request.query
        transport = query["transport"]
        sid = query["sid"] ?? ""
        version = query["EIO"]
        isUpgrade = WebSocketUpgrade.isAsked(by: exchange.request)
    }

    private var configuration: TransportConfiguration { router.configuration }

    /// On the loop of the connection.
    func run() {
        if exchange.request.method == .OPTIONS, let answer = configuration.origins.preflight(for: exchange.request) {
            return exchange.respond(answer)
        }
        let isKnown =
            transport == "polling" && configuration.engine.allowsPolling
            || transport == "websocket" && configuration.engine.allowsWebSocket
        guard isKnown else { return refuse(.transportUnknown) }
        let verdict = configuration.origins.verdict(on: exchange.request)
        guard verdict != .invalid else { return refuse(.badRequest) }
        let home = router.loops[loop].value
        if sid.isEmpty { return handshake(on: home, verdict) }
        guard let id = SessionID(sid) else { return refuse(.sessionUnknown) }
        router.withSession(id, from: home) { session in
            guard let session, session.isKnown else { return refuse(.sessionUnknown) }
            guard verdict == .allowed else { return refuse(.forbidden) }
            continued(session)
        }
    }

    /// A request without a session: the opening of one.
    private func handshake(on loop: TransportLoop, _ verdict: OriginPolicy.Verdict) {
        guard exchange.request.method == .GET else { return refuse(.badMethod) }
        guard transport == "polling" || isUpgrade else { return refuse(.badRequest) }
        guard verdict == .allowed else { return refuse(.forbidden) }
        guard version == "4" else { return refuse(.unsupportedVersion) }
        let delegate = router.delegate(on: loop)
        guard delegate.acceptsSessions else {
            return exchange.respond(.text(503, "This server takes no new sessions now."))
        }
        var seat: AddressSeat?
        if exchange.request.isForwarderTrusted {
            seat = router.addresses.seat(for: exchange.request.remoteAddress)
            guard seat != nil else { return exchange.respond(.text(503, "This address has too many connections.")) }
        }
        if transport == "polling" {
            guard !isUpgrade else { return closeAtOnce() }
            let session = Session(
                loop: loop, request: exchange.request, transport: .polling, delegate: delegate, seat: seat)
            return session.openPolling(exchange, cookie: configuration.cookieName)
        }
        guard WebSocketUpgrade.fault(in: exchange.request) == nil else { return refuseUpgrade() }
        let request = exchange.request
        exchange.upgrade { [seat] loop in
            let session = Session(
                loop: loop, request: request, transport: .webSocket, delegate: delegate, seat: seat)
            let handler = WebSocketHandler(
                loop: loop, maxMessage: loop.configuration.engine.maxPayload, consumer: session)
            session.openWebSocket(handler)
            return handler
        }
    }

    /// A request for a session that exists. On the session's loop.
    private func continued(_ session: Session) {
        if isUpgrade && transport == "websocket" {
            guard WebSocketUpgrade.fault(in: exchange.request) == nil else { return refuseUpgrade() }
            return session.upgradeAsked(exchange)
        }
        guard !isUpgrade else { return closeAtOnce() }
        guard transport == "polling", session.isPolling else { return refuse(.badRequest) }
        switch exchange.request.method {
        case .GET: session.polled(exchange)
        case .POST: session.posted(exchange)
        default: exchange.respond(cors(HTTPResponse(status: 500)))
        }
    }

    /// A WebSocket for a transport that is none: taken and closed, as the official server does.
    private func closeAtOnce() {
        guard WebSocketUpgrade.fault(in: exchange.request) == nil else { return refuseUpgrade() }
        exchange.upgrade(WebSocketHandler.closing)
    }

    private func refuse(_ error: HandshakeError) {
        if error == .forbidden { configuration.refusals.count(.origin) }
        var response: HTTPResponse
        if isUpgrade {
            // The official server answers a refused upgrade with the bare words, always as 400.
            response = HTTPResponse(status: 400, type: "text/html", text: error.message)
            response.closes = true
        } else {
            response = HTTPResponse(status: error.status, type: "application/json", text: error.body)
        }
        exchange.respond(cors(response))
    }

    private func refuseUpgrade() {
        var response = HTTPResponse(
            status: 400, type: "text/html", text: WebSocketUpgrade.fault(in: exchange.request) ?? "")
        response.fields.append(("Sec-WebSocket-Version", "13, 8"))
        response.closes = true
        exchange.respond(response)
    }

    private func cors(_ response: HTTPResponse) -> HTTPResponse {
        var response = response
        response.fields += configuration.origins.fields(for: exchange.request)
        return response
    }
}
