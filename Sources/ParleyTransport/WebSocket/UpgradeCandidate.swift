// SPDX-License-Identifier: Apache-2.0
internal import NIOCore
internal import ParleyEngineIO

/// A WebSocket on its way to replace polling (engine.io-protocol v4, "Upgrade"). Lives on the session's loop, wherever
/// the WebSocket was accepted; once promoted it only passes messages on.
final class UpgradeCandidate: WebSocketConsumer, DeadlineOwner {
    private weak var session: Session?
    private var sender: (any WebSocketSender)?
    private var isPromoted = false
    private let deadline = Deadline()
    private let loop: TransportLoop

    init(session: Session) {
        self.session = session
        loop = session.loop
        deadline.owner = self
        loop.upgradeTimeout.arm(deadline)
    }

    /// Makes the connection of the request a WebSocket, there or here.
    func attach(_ exchange: HTTPExchange) {
        let home = loop.eventLoop
        let bound = NIOLoopBound(self, eventLoop: home)
        exchange.upgrade { local in
            if local.eventLoop === home {
                let handler = WebSocketHandler(
                    loop: local, maxMessage: local.configuration.engine.maxPayload, consumer: bound.value)
                bound.value.sender = handler
                return handler
            }
            let handler = WebSocketHandler(
                loop: local, maxMessage: local.configuration.engine.maxPayload,
                consumer: RemoteConsumer(Hop(from: local, to: bound)))
            let remote = NIOLoopBound(handler, eventLoop: local.eventLoop)
            home.execute {
                let candidate = bound.value
                candidate.sender = RemoteSender(Hop(from: candidate.loop, to: remote))
            }
            return handler
        }
    }

    func answerProbe() {
        let probe: StaticString = "probe"
        sender?.send(.pong, UnsafeRawBufferPointer(start: probe.utf8Start, count: probe.utf8CodeUnitCount))
    }

    /// From here on the session sends through what this returns.
    func promoted() -> (any WebSocketSender)? {
        isPromoted = true
        deadline.disarm()
        return sender.take()
    }

    func discard() {
        deadline.disarm()
        session = nil
        sender?.close(code: nil)
        sender = nil
    }

    func received(text: UnsafeRawBufferPointer) {
        if isPromoted { session?.received(text: text) } else { candidateReceived(text) }
    }

    private func candidateReceived(_ text: UnsafeRawBufferPointer) {
        guard let first = text.first, let type = PacketType(rawValue: first) else {
            session?.refuseCandidate()
            return
        }
        session?.candidateReceived(type, isProbe: text.dropFirst().elementsEqual("probe".utf8))
    }

    func received(binary: UnsafeRawBufferPointer) {
        if isPromoted { session?.received(binary: binary) } else { session?.refuseCandidate() }
    }

    func closed(_ reason: CloseReason) {
        deadline.disarm()
        if isPromoted { session?.closed(reason) } else { session?.refuseCandidate() }
        session = nil
    }

    func deadlinePassed() { session?.refuseCandidate() }
}
