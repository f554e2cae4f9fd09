// SPDX-License-Identifier: Apache-2.0
public import NIOCore
package import ParleyEngineIO
internal import ParleyTransport
internal import Synchronization

/// A client in a namespace.
///
/// Its methods may be called from anywhere; what they do happens on the event loop of the client's connection, in the
/// order of the calls from one thread. Handlers run on that loop too, one after the other, so they must not block.
public final class Socket: @unchecked Sendable {
    // Immutable members may be read anywhere. All mutable ones are touched only on `eventLoop`, through `onLoop` or by
    // code that runs there already; `storage` has a lock of its own.

    package let sid: SessionID
    /// The namespace it is in.
    public let namespace: Namespace
    /// What was known of the client when it connected. Made anew at each call, since most sockets are never asked.
    public var handshake: Handshake { Handshake(request, auth: auth, issued: issued) }
    /// The `auth` of the CONNECT packet; an empty object when it had none.
    package let auth: JSON
    /// Whether it takes up an earlier connection, with the same id, rooms and data.
    public let isRecovered: Bool
    /// The loop on which everything about this socket happens.
    public let eventLoop: any EventLoop
    package let hub: Hub

    /// The secret by which the client may take the socket up again after it has lost its connection.
    package let pid: SessionID?
    private var request: OpeningRequest
    private let issued = WallClock.milliseconds
    private let home: LocalNamespace
    var carrier: (any SocketCarrier)?
    private var delegate: (any SocketDelegate)?
    var handlersIfAny: SocketHandlers?
    var acks: AckTable
    var joined: Set<String> = []
    private(set) var isJoined = false
    /// Whether the application has disconnected it.
    private(set) var isSentAway = false
    /// What middleware found out about the client, for the delegate. Set before the socket is accepted, on its loop.
    package var attachment: (any AnyObject & Sendable)?
    /// Why it has no connection at present, while its delegate lets its client come back.
    private var absence: DisconnectReason?
    private let storage: Mutex<JSON>

    init(carrier: any SocketCarrier, local: LocalNamespace, auth: JSON?, restored: RestoredSession?) {
        self.carrier = carrier
        home = local
        request = carrier.request
        self.auth = auth ?? .object([:])
        namespace = local.namespace
        hub = local.hub
        eventLoop = local.hub.eventLoop
        sid = restored?.session.sid ?? local.hub.loop.newID()
        let resumes = namespace.delegate?.resumes ?? (namespace.recovery != nil)
        pid = restored?.session.pid ?? (resumes ? local.hub.loop.newID() : nil)
        joined = restored?.session.rooms ?? []
        storage = Mutex(restored?.session.data ?? .object([:]))
        isRecovered = restored != nil
        acks = AckTable(first: namespace.delegate == nil ? 0 : AckTable.beyondDelegate)
    }

    /// The id, which is also the name of the room that holds only this socket.
    public var id: String { sid.description }

    /// Anything the application wants to keep with the socket; survives a recovery.
    public var data: JSON {
        get { storage.withLock { $0 } }
        set {
            storage.withLock { $0 = newValue }
            onLoop { $0.hub.news?.changed($0, newValue) }
        }
    }

    /// Whether it is connected. On the socket's loop this is exact.
    public var isConnected: Bool { get async { await value { $0.isConnectedOnLoop } ?? false } }
    package var isConnectedOnLoop: Bool { isJoined }

    /// The rooms it is in, that of its own id included.
    public var rooms: Set<String> { get async { await value { $0.roomsOnLoop } ?? [] } }
    var roomsOnLoop: Set<String> { isJoined ? joined.union([id]) : [] }

    /// The transport that carries it now: `polling` or `websocket`.
    public var transportName: String { get async { await value { $0.carrier?.transportName } ?? "" } }

    var carrierTransport: String { carrier?.transportName ?? "" }
    var carrierID: String { carrier?.sessionID.description ?? "" }

    /// The address of the other end of the connection.
    package var remoteAddress: String { request.remoteAddress }
    /// The number of the connection, for logs. On the socket's loop.
    package var connectionNumber: Int { request.number }

    private func value<Value: Sendable>(_ read: @escaping @Sendable (Socket) -> Value?) async -> Value? {
        // Fails only when the loop has ended, and every socket with it.
        try? await eventLoop.submit { read(self) }.get()
    }

    /// Runs `body` on the socket's loop: at once when called there.
    package func onLoop(_ body: @escaping @Sendable (Socket) -> Void) {
        if eventLoop.inEventLoop { body(self) } else { eventLoop.execute { body(self) } }
    }

    var handlers: SocketHandlers {
        if let handlersIfAny { return handlersIfAny }
        let handlers = SocketHandlers(self)
        handlersIfAny = handlers
        return handlers
    }

    // MARK: Life, on the loop

    /// The client is let in: it joins its rooms, is told, and the application hears of it.
    func accepted(missed: [OutgoingPacket]) {
        isJoined = true
        home.add(self)
        missed.forEach(send)
        sendConnect()
        hub.news?.connected(self)
        delegate = namespace.delegate?.joined(self)
        let handlers = namespace.connectionHandlers
        if !handlers.isEmpty { _ = self.handlers.run(.connected(handlers)) }
    }

    /// Tells the client that it is in the namespace, and its ids.
    package func sendConnect() {
        let name = namespace.name
        hub.packet.write(bound: 96 + name.utf8.count) { writer in
            writer.write(PacketKind.connect.rawValue)
            if name.utf8.count > 1 {
                writer.write(text: name)
                writer.write(UInt8(ascii: ","))
            }
            // Ids hold nothing that JSON escapes.
            writer.write("{\"sid\":\"")
            writer.write(sid)
            if let pid {
                writer.write("\",\"pid\":\"")
                writer.write(pid)
            }
            writer.write("\"}")
        }
        carrier?.send(text: hub.packet.bytes)
    }

    /// The client has come back over another connection. One that still carried the socket is closed, unnoticed.
    func take(_ next: any SocketCarrier) {
        let previous = carrier
        carrier = next
        request = next.request
        previous?.left(self)
        previous?.closeAll()
        guard !isJoined else { return }
        absence = nil
        isJoined = true
        home.add(self)
        hub.news?.connected(self)
    }

    func isCarried(by other: any SocketCarrier) -> Bool { carrier === other }

    /// False when the packet is no event.
    func received(_ packet: consuming EventPacket) -> Bool {
        hub.news?.received(self, packet)
        if let delegate { return delegate.received(packet) }
        guard let event = PayloadReader.event(packet.payload, packet.attachments) else { return false }
        let ack = packet.ackID.map { Ack(socket: self, id: $0) }
        return handlers.run(.event(Event(name: event.name, arguments: event.arguments, ack: ack)))
    }

    /// False when the payload is no array.
    func acknowledged(_ id: Int, _ payload: UnsafeRawBufferPointer, _ attachments: [ByteBuffer]) -> Bool {
        if let delegate, id < AckTable.beyondDelegate { return delegate.acknowledged(id, payload) }
        switch acks.take(id) {
        case .closure(let answer, let timeout)?:
            guard let values = PayloadReader.array(payload, attachments) else { return false }
            timeout?.cancel()
            answer(.answered(values))
            return true
        case .done?, nil:
            return PayloadReader.array(payload, attachments) != nil
        }
    }

    /// The socket is no longer in its namespace, whoever wanted it.
    func disconnected(_ reason: DisconnectReason) {
        guard isJoined else { return }
        handlersIfAny?.disconnecting.forEach { $0(reason) }
        let rooms = hub.news == nil ? [] : roomsOnLoop
        isJoined = false
        isSentAway = reason == .serverNamespaceDisconnect
        home.remove(self, keepsSession: reason.isRecoverable)
        carrier?.left(self)
        carrier = nil
        hub.news?.disconnected(self, rooms, reason)
        if delegate?.disconnected(reason) == true { return absence = reason }
        finish(reason)
    }

    /// Nothing is called or sent any more.
    private func finish(_ reason: DisconnectReason) {
        delegate = nil
        for case .closure(let answer, let timeout) in acks.takeAll() {
            timeout?.cancel()
            answer(.disconnected)
        }
        _ = handlersIfAny?.run(.disconnected(reason))
    }

    /// The client will not come back: nothing keeps the socket any more.
    package func abandon() {
        guard let reason = absence.take() else { return }
        finish(reason)
    }

    /// Tells the client and leaves the namespace.
    func disconnectByServer() {
        guard isJoined else { return }
        carrier?.send(OutgoingPacket(.disconnect, namespace: namespace.name))
        disconnected(.serverNamespaceDisconnect)
    }

    // MARK: Rooms, on the loop

    package func joinOnLoop(_ rooms: some Sequence<String>) {
        guard isJoined else { return joined.formUnion(rooms) }
        for room in rooms where room != id && joined.insert(room).inserted {
            home.add(self, to: room)
            hub.news?.joined(self, room)
        }
    }

    package func leaveOnLoop(_ room: String) {
        guard joined.remove(room) != nil else { return }
        home.remove(self, from: room)
        if isJoined { hub.news?.left(self, room) }
    }

    /// Takes it out of a room for those who run the server.
    func evict(from room: String) {
        if delegate?.evict(from: room) != true { leaveOnLoop(room) }
    }

    func disconnectOnLoop(close: Bool) {
        if close, let carrier { carrier.closeAll() } else { disconnectByServer() }
    }
}
