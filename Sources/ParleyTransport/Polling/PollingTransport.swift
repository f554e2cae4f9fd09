// SPDX-License-Identifier: Apache-2.0
internal import NIOCore
internal import NIOHTTP1
internal import ParleyEngineIO
internal import ParleyJSON

/// HTTP long-polling (engine.io-protocol v4, "HTTP long-polling"): one pending GET at most, packets wait in between.
final class PollingTransport: DeadlineOwner, TurnWriter {
    private enum Waiting {
        case text(PacketType, ByteBuffer)
        case binary(ByteBuffer)
    }

    private unowned let session: Session
    private let configuration: TransportConfiguration
    private var poll: HTTPExchange?
    private var waiting: [Waiting] = []
    private var waitingBytes = 0
    /// The connection on which a post is coming in.
    private var posting: ObjectIdentifier?
    private(set) var holdsClose = false
    private let closeDeadline = Deadline()
    private var releasing: RepeatedTask?

    init(session: Session, configuration: TransportConfiguration) {
        self.session = session
        self.configuration = configuration
        closeDeadline.owner = self
    }

    var isPolled: Bool { poll != nil }

    // MARK: Requests

    func answerHandshake(_ exchange: HTTPExchange, _ packet: String, cookie: String?) {
        var response = PollingAnswer.payload(ByteBuffer(string: packet), to: exchange.request, configuration)
        if let cookie { response.fields.append(("Set-Cookie", cookie)) }
        exchange.respond(response)
    }

    func polled(_ exchange: HTTPExchange) {
        guard poll == nil else {
            // Two polls at a time: the second is refused, the first learns that the session is over.
            exchange.respond(PollingAnswer.empty(400, to: exchange.request, configuration))
            return session.close(.transportError)
        }
        poll = exchange
        if holdsClose { return answerWithClose() }
        flush()
    }

    /// A post begins that will take its time; a second one meanwhile is a fault, which shows when it is complete.
    func postBegan(by origin: ObjectIdentifier) { posting = posting ?? origin }

    /// It was refused on the way.
    func postEnded(by origin: ObjectIdentifier) {
        if posting == origin { posting = nil }
    }

    func posted(_ exchange: HTTPExchange) {
        let request = exchange.request
        guard posting == nil || posting == exchange.origin,
            request.head.first("content-type") != "application/octet-stream"
        else {
            exchange.respond(PollingAnswer.empty(400, to: request, configuration))
            return session.close(.transportError)
        }
        posting = nil
        let session = session
        let isSound = request.body.withUnsafeReadableBytes { body in
            UTF8Check.isValid(body)
                && PollingPayload.decode(body) { packet in
                    switch packet {
                    case .text(let type, let range):
                        session.received(type, UnsafeRawBufferPointer(rebasing: body[range]))
                    case .binary(let bytes):
                        bytes.withUnsafeBytes { session.received(binary: $0) }
                    }
                    return session.isOpen
                }
        }
        exchange.respond(PollingAnswer.accepted(request, configuration))
        if !isSound { session.close(.parseError) }
    }

    func aborted(_ exchange: HTTPExchange) {
        guard poll === exchange else { return }
        poll = nil
        session.transportClosed(.transportError)
    }

    // MARK: Packets

    func send(_ type: PacketType, _ text: UnsafeRawBufferPointer) {
        enqueue(.text(type, ByteBuffer(bytes: text)), text.count)
    }

    func send(binary: UnsafeRawBufferPointer) {
        enqueue(.binary(ByteBuffer(bytes: binary)), binary.count)
    }

    private func enqueue(_ packet: Waiting, _ count: Int) {
        guard waiting.count < configuration.maxQueuedPackets, waitingBytes + count <= configuration.maxQueuedBytes
        else {
            configuration.refusals.count(.slowConsumer)
            return session.close(.transportError)
        }
        waiting.append(packet)
        waitingBytes += count
        // What is sent in one turn of the loop travels in one answer.
        if waiting.count == 1, poll != nil { session.loop.flushAtEndOfTurn(self) }
    }

    func flush() {
        guard let exchange = poll, !waiting.isEmpty else { return }
        poll = nil
        exchange.respond(PollingAnswer.payload(takePayload(), to: exchange.request, configuration))
    }

    private func takePayload() -> ByteBuffer {
        var payload = ByteBuffer()
        payload.reserveCapacity(waitingBytes + waiting.count * 2)
        for packet in waiting {
            switch packet {
            case .text(let type, let text):
                text.withUnsafeReadableBytes { PollingPayload.append(type, $0, to: &payload) }
            case .binary(let bytes):
                bytes.withUnsafeReadableBytes { PollingPayload.append(binary: $0, to: &payload) }
            }
        }
        waiting = []
        waitingBytes = 0
        return payload
    }

    // MARK: Upgrade

    /// Answers polls with a noop every 100 ms until the client has paused, as the official server does.
    func releasePolls() {
        releasing = session.loop.eventLoop.scheduleRepeatedTask(initialDelay: .zero, delay: .milliseconds(100)) {
            [bound = NIOLoopBound(self, eventLoop: session.loop.eventLoop)] _ in
            let transport = bound.value
            if transport.poll != nil, transport.waiting.isEmpty { transport.sendNoop() }
        }
    }

    private func sendNoop() {
        waiting.append(.text(.noop, ByteBuffer()))
        flush()
    }

    func stopReleasingPolls() {
        releasing?.cancel()
        releasing = nil
    }

    /// The session goes on by WebSocket: what waits goes there, a poll is released.
    func moveAll(to sender: any WebSocketSender) {
        stopReleasingPolls()
        let packets = waiting
        waiting = []
        if poll != nil { sendNoop() }
        for packet in packets {
            switch packet {
            case .text(let type, let text): text.withUnsafeReadableBytes { sender.send(type, $0) }
            case .binary(let bytes): bytes.withUnsafeReadableBytes { sender.send(binary: $0) }
            }
        }
    }

    // MARK: Closing

    /// Tells the client by the pending poll, or keeps the close for the next one. True in the second case.
    func close(_ reason: CloseReason) -> Bool {
        stopReleasingPolls()
        guard reason != .transportClose else {
            // The client asked for it: its poll is only released.
            if poll != nil { sendNoop() }
            return false
        }
        if poll != nil {
            answerWithClose(forget: false)
            return false
        }
        guard reason == .forcedClose || reason == .forcedServerClose || reason == .shuttingDown else { return false }
        holdsClose = true
        session.loop.closeTimeout.arm(closeDeadline)
        return true
    }

    private func answerWithClose(forget: Bool = true) {
        guard let exchange = poll else { return }
        poll = nil
        if waiting.isEmpty, holdsClose { waiting.append(.text(.noop, ByteBuffer())) }
        waiting.append(.text(.close, ByteBuffer()))
        exchange.respond(PollingAnswer.payload(takePayload(), to: exchange.request, configuration))
        closeDeadline.disarm()
        holdsClose = false
        if forget { session.forget() }
    }

    func deadlinePassed() {
        holdsClose = false
        session.forget()
    }
}
