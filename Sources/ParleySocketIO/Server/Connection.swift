// SPDX-License-Identifier: Apache-2.0
internal import NIOCore
internal import ParleyEngineIO
internal import ParleyTransport

/// One client's session and the sockets it has in namespaces (socket.io-protocol v5). Confined to the session's loop.
final class Connection: SessionDelegate, SocketCarrier, DeadlineOwner {
    /// CONNECT packets that may be refused before the connection is closed.
    private static let maxRefusals = 100

    let session: Session
    let hub: Hub
    /// The socket in `/`, which most packets are for.
    var root: Socket?
    private var others: [String: Socket] = [:]
    /// The socket in `/` when it lives on another loop.
    var distant: DistantSocket?
    /// Acks for `/` that came before its CONNECT was answered.
    var early = EarlyAcks()
    /// Namespaces whose middleware still decides.
    var connecting: Set<String> = []
    private var partial: PartialPacket?
    private var refusals = 0
    /// Until a namespace is joined.
    var deadline: Deadline?

    /// A packet whose attachments have not all come.
    private final class PartialPacket {
        let header: PacketHeader
        let text: ByteBuffer
        var attachments: [ByteBuffer] = []
        var bytes: Int
        let expiry: Scheduled<Void>

        init(_ header: PacketHeader, _ text: UnsafeRawBufferPointer, expiry: Scheduled<Void>) {
            self.header = header
            self.text = ByteBuffer(bytes: text)
            bytes = text.count
            self.expiry = expiry
        }
    }

    init(session: Session, hub: Hub) {
        self.session = session
        self.hub = hub
        let deadline = Deadline()
        deadline.owner = self
        self.deadline = deadline
        hub.connectTimeout.arm(deadline)
        hub.traffic.opened += 1
    }

    /// No namespace was joined in time.
    func deadlinePassed() { refuse(.connectTimeout) }

    /// Ends the session for what its client did, or did not do.
    private func refuse(_ refused: Refused) {
        hub.loop.refusals.count(refused)
        session.closeByServer()
    }

    // MARK: In

    func delivered(text: UnsafeRawBufferPointer) {
        hub.traffic.received(text.count)
        guard partial == nil, let header = PacketHeader(text) else { return refuse(.packet) }
        guard header.attachments > 0 else { return received(header, text, []) }
        let bound = NIOLoopBound(self, eventLoop: hub.eventLoop)
        // A client that stops halfway would keep the packet for ever.
        let expiry = hub.eventLoop.scheduleTask(in: .seconds(10)) { bound.value.refuse(.attachmentTimeout) }
        partial = PartialPacket(header, text, expiry: expiry)
    }

    func delivered(binary: UnsafeRawBufferPointer) {
        hub.traffic.received(binary.count)
        guard let packet = partial.take() else { return refuse(.packet) }
        packet.bytes += binary.count
        guard packet.bytes <= hub.server.configuration.maxPayload else {
            packet.expiry.cancel()
            return refuse(.attachments)
        }
        packet.attachments.append(ByteBuffer(bytes: binary))
        guard packet.attachments.count == packet.header.attachments else { return partial = packet }
        packet.expiry.cancel()
        packet.text.withUnsafeReadableBytes { received(packet.header, $0, packet.attachments) }
    }

    private func received(
        _ header: PacketHeader, _ bytes: UnsafeRawBufferPointer, _ attachments: consuming [ByteBuffer]
    ) {
        let payload = UnsafeRawBufferPointer(rebasing: bytes[header.payload])
        let socket: Socket?
        if let name = header.namespace {
            socket = others[String(decoding: bytes[name], as: UTF8.self)]
        } else {
            socket = root
        }
        if let distant, header.namespace == nil, carry(header, payload, attachments, to: distant) { return }
        switch header.kind {
        case .event, .binaryEvent:
            let packet = EventPacket(payload: payload, ackID: header.ackID, attachments: attachments)
            guard let socket, socket.received(packet) else { return refuse(.packet) }
        case .ack, .binaryAck:
            if root == nil, header.namespace == nil, takesEarly(header.ackID, payload, attachments) { return }
            guard let socket, let id = header.ackID, socket.acknowledged(id, payload, attachments) else {
                // An ack without an id is decodable and answers nothing; one without a socket breaks the protocol.
                return socket != nil && header.ackID == nil ? () : refuse(.packet)
            }
        case .connect:
            let name = header.namespace.map { String(decoding: bytes[$0], as: UTF8.self) } ?? "/"
            connect(name, payload)
        case .disconnect:
            guard let socket, payload.isEmpty else { return refuse(.packet) }
            socket.disconnected(.clientNamespaceDisconnect)
        case .connectError:
            refuse(.packet)
        }
    }

    // MARK: Joining namespaces

    private func connect(_ name: String, _ payload: UnsafeRawBufferPointer) {
        var auth: JSON?
        if !payload.isEmpty {
            // Anything but an object is undecodable, as with the official decoder.
            guard let value = try? JSON(parsing: payload) else {
                // Sound JSON that Swift's strings cannot hold, such as half a surrogate pair, is refused in words.
                guard JSONScan.validate(payload) == nil else { return refuse(.packet) }
                return refuse(name, ConnectError("The auth payload cannot be read"))
            }
            guard value.objectValue != nil else { return refuse(.packet) }
            auth = value
        }
        guard socket(in: name) == nil, distant == nil || name != "/", !connecting.contains(name) else {
            return session.closeByServer()
        }
        let server = hub.server
        guard !server.isDraining || !server.isClosing && server.namespace(name)?.staysOpen == true else {
            return refuse(name, .draining)
        }
        if let namespace = server.namespace(name) { return connect(namespace, auth) }
        guard server.hasFamilies else { return refuse(name, ConnectError("Invalid namespace")) }
        connecting.insert(name)
        let bound = NIOLoopBound(self, eventLoop: hub.eventLoop)
        Task { [runner = hub.runner, auth] in
            await runner.run { _ in
                let namespace = await server.namespaceOfFamily(name, auth: auth)
                guard bound.value.connecting.remove(name) != nil else { return }
                if let namespace {
                    bound.value.connect(namespace, auth)
                } else {
                    bound.value.refuse(name, ConnectError("Invalid namespace"))
                }
            }
        }
    }

    private func connect(_ namespace: Namespace, _ auth: JSON?) {
        let local = hub.local(namespace)
        let restored = namespace.delegate == nil ? namespace.restore(auth) : nil
        let socket = Socket(carrier: self, local: local, auth: auth, restored: restored)
        let middleware = namespace.middleware
        if middleware.isEmpty || restored != nil && namespace.skipsMiddlewareOnRecovery {
            return admit(socket, missed: restored?.missed ?? [])
        }
        connecting.insert(namespace.name)
        let bound = NIOLoopBound((self, socket), eventLoop: hub.eventLoop)
        Task { [runner = hub.runner] in
            await runner.run { _ in
                let (connection, socket) = bound.value
                do {
                    for step in middleware { try await step(socket) }
                } catch {
                    guard connection.connecting.remove(namespace.name) != nil else { return }
                    return connection.refuse(
                        namespace.name, error as? ConnectError ?? ConnectError(String(describing: error)))
                }
                guard connection.connecting.remove(namespace.name) != nil else { return }
                connection.admit(socket, missed: restored?.missed ?? [])
            }
        }
    }

    func accept(_ socket: Socket, missed: [OutgoingPacket]) {
        guard session.isOpen else { return }
        joined()
        if socket.namespace.name == "/" { root = socket } else { others[socket.namespace.name] = socket }
        early.forget()
        socket.accepted(missed: missed)
    }

    /// A namespace was joined in time.
    func joined() { deadline = nil }

    private func refuse(_ name: String, _ error: ConnectError) {
        refusals += 1
        guard refusals <= Self.maxRefusals else { return refuse(.connects) }
        var reply: JSON = ["message": .string(error.message)]
        if let data = error.data { reply = ["message": .string(error.message), "data": data] }
        send(OutgoingPacket(.connectError, namespace: name, payload: reply))
    }

    private func socket(in name: String) -> Socket? { name == "/" ? root : others[name] }

    // MARK: Out

    var request: OpeningRequest { session.request }
    var transportName: String { session.transportName }
    var isWritable: Bool { session.isWritable }
    var sessionID: SessionID { session.id }

    func send(text: UnsafeRawBufferPointer) {
        hub.traffic.sent(text.count)
        session.send(text: text)
    }

    func send(_ packet: OutgoingPacket) {
        packet.text.withUnsafeReadableBytes { send(text: $0) }
        for attachment in packet.attachments {
            hub.traffic.sent(attachment.readableBytes)
            attachment.withUnsafeReadableBytes { session.send(binary: $0) }
        }
    }

    func upgraded() {
        guard let news = hub.news else { return }
        for socket in Array(others.values) + (root.map { [$0] } ?? []) { news.upgraded(socket, to: transportName) }
    }

    // MARK: Leaving

    func left(_ socket: Socket) {
        if root === socket { root = nil } else { others[socket.namespace.name] = nil }
    }

    func fail() { session.closeByServer() }

    func closeAll() {
        for socket in Array(others.values) + (root.map { [$0] } ?? []) { socket.disconnectByServer() }
        session.closeByServer()
    }

    func closed(_ reason: CloseReason) {
        hub.traffic.closed[DisconnectReason(reason).text, default: 0] += 1
        deadline = nil
        partial.take()?.expiry.cancel()
        connecting = []
        for socket in Array(others.values) + (root.map { [$0] } ?? []) { socket.disconnected(DisconnectReason(reason)) }
        distant.take()?.disconnected(DisconnectReason(reason))
        root = nil
        others = [:]
    }
}
