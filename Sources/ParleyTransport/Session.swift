// SPDX-License-Identifier: Apache-2.0
internal import NIOCore
package import ParleyEngineIO

/// What happens above the transport when a session opens. One for each loop, or one for all.
package protocol TransportDelegate: Sendable {
    /// False while the server drains.
    var acceptsSessions: Bool { get }
    /// A session has opened. Returns what receives its messages. On the session's loop.
    func opened(_ session: Session) -> any SessionDelegate
}

/// The one upward seam: what a session tells the protocol above. All on the session's loop.
package protocol SessionDelegate: AnyObject {
    /// A text message, without its packet type. The bytes are valid UTF-8 and live until the method returns.
    func delivered(text: UnsafeRawBufferPointer)
    /// A binary message. The bytes live until the method returns.
    func delivered(binary: UnsafeRawBufferPointer)
    /// Another transport carries the session now.
    func upgraded()
    /// Called once, last.
    func closed(_ reason: CloseReason)
}

extension SessionDelegate {
    package func upgraded() {}
}

/// An Engine.IO session: packets in and out, whatever transport carries them. Confined to its loop.
package final class Session: DeadlineOwner {
    package let id: SessionID
    package let loop: TransportLoop
    /// The request that opened the session.
    package let request: OpeningRequest
    private let owner: any TransportDelegate
    private var delegate: (any SessionDelegate)?
    private var state: SessionState
    private let heartbeat = Deadline()
    private var webSocket: (any WebSocketSender)?
    private var polling: PollingTransport?
    private var candidate: UpgradeCandidate?
    private var allowance: PacketAllowance
    /// Its place among those of its client's address, when a trusted proxy passes it on.
    private var seat: AddressSeat?

    init(
        loop: TransportLoop, request: HTTPRequest, transport: SessionState.Transport,
        delegate owner: any TransportDelegate, seat: AddressSeat? = nil
    ) {
        self.seat = seat
        id = loop.newID()
        self.loop = loop
        loop.counts.opened(on: transport)
        // There are 64 loops at most.
        self.request = OpeningRequest(request, number: loop.counts.opened.total << 6 | loop.index)
        self.owner = owner
        state = SessionState(transport: transport)
        allowance = PacketAllowance(for: request, loop.configuration)
        heartbeat.owner = self
        loop.sessions[id] = self
    }

    package var isOpen: Bool { state.isOpen }
    /// Whether requests may still name the session: also while a close waits for its poll.
    var isKnown: Bool { state.isOpen || polling?.holdsClose == true }
    package var isPolling: Bool { state.transport == .polling }
    package var transportName: String { isPolling ? "polling" : "websocket" }

    /// Whether a packet sent now would be written now: what volatile packets ask.
    package var isWritable: Bool {
        guard state.isOpen else { return false }
        return webSocket?.isWritable ?? polling?.isPolled ?? false
    }

    // MARK: Opening

    func openPolling(_ exchange: HTTPExchange, cookie: String?) {
        polling = PollingTransport(session: self, configuration: loop.configuration)
        let packet = loop.configuration.engine.openPacket(id: id, onPolling: true)
        let secure = exchange.request.isSecure ? "; Secure" : ""
        polling?.answerHandshake(
            exchange, packet, cookie: cookie.map { "\($0)=\(id); Path=/; HttpOnly; SameSite=Lax\(secure)" })
        opened()
    }

    func openWebSocket(_ sender: any WebSocketSender) {
        webSocket = sender
        sender.send(.open, loop.openText(for: id))
        opened()
    }

    private func opened() {
        loop.pingInterval.arm(heartbeat)
        delegate = owner.opened(self)
    }

    // MARK: In

    /// A packet came by whichever transport carries the session. The bytes are those behind the type.
    func received(_ type: PacketType, _ bytes: UnsafeRawBufferPointer) {
        switch state.received(type) {
        case .deliver:
            guard isAllowed else { return }
            delegate?.delivered(text: bytes)
        case .rearm: loop.pingInterval.arm(heartbeat)
        case .ignore: break
        case .close(let reason): close(reason)
        }
    }

    func received(binary bytes: UnsafeRawBufferPointer) {
        guard state.isOpen else { return }
        guard isAllowed else { return }
        delegate?.delivered(binary: bytes)
    }

    /// Whether the client may send another packet. If not, the session is over, and a WebSocket is told why.
    private var isAllowed: Bool {
        if allowance.takes(at: loop.eventLoop.now) { return true }
        loop.configuration.refusals.count(.packetRate)
        close(.forcedClose, code: .policyViolation)
        return false
    }

    func polled(_ exchange: HTTPExchange) {
        exchange.bind(to: id)
        polling?.polled(exchange)
    }

    func postBegan(by origin: ObjectIdentifier) { polling?.postBegan(by: origin) }
    func postEnded(by origin: ObjectIdentifier) { polling?.postEnded(by: origin) }
    func posted(_ exchange: HTTPExchange) { polling?.posted(exchange) }
    func aborted(_ exchange: HTTPExchange) { polling?.aborted(exchange) }

    // MARK: Out

    /// Sends a text message, given without its packet type.
    package func send(text: UnsafeRawBufferPointer) {
        guard state.isOpen else { return }
        if let webSocket { webSocket.send(.message, text) } else { polling?.send(.message, text) }
    }

    /// Sends a binary message.
    package func send(binary: UnsafeRawBufferPointer) {
        guard state.isOpen else { return }
        if let webSocket { webSocket.send(binary: binary) } else { polling?.send(binary: binary) }
    }

    private func send(_ type: PacketType) {
        let nothing = UnsafeRawBufferPointer(start: nil, count: 0)
        if let webSocket { webSocket.send(type, nothing) } else { polling?.send(type, nothing) }
    }

    package func deadlinePassed() {
        switch state.deadlinePassed() {
        case .ping:
            // Armed first: sending may fail and close the session, which disarms.
            loop.pingTimeout.arm(heartbeat)
            send(.ping)
        case .close(let reason): close(reason)
        case .ignore: break
        }
    }

    // MARK: Upgrade (engine.io-protocol v4, "Upgrade")

    func upgradeAsked(_ exchange: HTTPExchange) {
        guard loop.configuration.engine.allowsUpgrade, state.candidateConnected() else {
            return exchange.upgrade(WebSocketHandler.closing)
        }
        let candidate = UpgradeCandidate(session: self)
        self.candidate = candidate
        candidate.attach(exchange)
    }

    func candidateReceived(_ type: PacketType, isProbe: Bool) {
        guard let candidate else { return }
        switch state.candidateReceived(type, isProbe: isProbe) {
        case .answerProbe:
            candidate.answerProbe()
            polling?.releasePolls()
        case .switchTransport:
            self.candidate = nil
            loop.counts.upgradedOne()
            loop.pingInterval.arm(heartbeat)
            // There is one by now: the switch was asked for through it.
            guard let sender = candidate.promoted() else { return close(.transportError) }
            webSocket = sender
            polling?.moveAll(to: sender)
            polling = nil
            delegate?.upgraded()
        case .refuse:
            refuseCandidate()
            // It has come over, and learns by this WebSocket that the session is over.
            if !state.isOpen { forget() }
        }
    }

    func refuseCandidate() {
        state.candidateClosed()
        candidate?.discard()
        candidate = nil
        polling?.stopReleasingPolls()
    }

    // MARK: Closing

    /// Closes from this side, and tells the client as its transport can. `closed` of the delegate follows at once.
    package func close(_ reason: CloseReason) { close(reason, code: reason == .shuttingDown ? .goingAway : nil) }

    private func close(_ reason: CloseReason, code: CloseCode?) {
        guard state.close() else { return }
        loop.counts.closed(on: state.transport)
        if case .parseError = reason { loop.configuration.refusals.count(.packet) }
        heartbeat.disarm()
        seat = nil
        webSocket?.close(code: code)
        webSocket = nil
        let keepsClose = polling?.close(reason) ?? false
        // Whoever has probed polls no more: it comes for the close by its WebSocket.
        if !keepsClose { forget() } else if !state.isProbed { refuseCandidate() }
        delegate?.closed(reason)
        delegate = nil
    }

    /// Closes with the reason the official server gives when the application or the protocol above wants it.
    package func closeByServer() {
        close(isPolling && polling?.isPolled == false ? .forcedServerClose : .forcedClose)
    }

    /// The transport is gone: there is nobody left to tell.
    func transportClosed(_ reason: CloseReason) {
        webSocket = nil
        close(reason)
    }

    /// The close has been taken, or nobody comes for it any more.
    func forget() {
        refuseCandidate()
        polling = nil
        loop.sessions[id] = nil
    }
}

extension Session: WebSocketConsumer {
    func received(text: UnsafeRawBufferPointer) {
        guard let first = text.first, let type = PacketType(rawValue: first) else { return close(.parseError) }
        received(type, UnsafeRawBufferPointer(rebasing: text[1..<text.count]))
    }

    func closed(_ reason: CloseReason) { transportClosed(reason) }
}
