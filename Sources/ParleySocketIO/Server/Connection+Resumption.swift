// SPDX-License-Identifier: Apache-2.0
internal import NIOCore
internal import ParleyEngineIO
internal import ParleyTransport

/// Clients that come back: a socket of an earlier connection goes on over this one.
extension Connection {
    /// Lets a client in, as the one it was before if it asks for that and may.
    func admit(_ socket: Socket, missed: [OutgoingPacket]) {
        guard let delegate = socket.namespace.delegate, delegate.resumes, socket.namespace.name == "/",
            let pid = socket.auth["pid"]?.stringValue.flatMap({ SessionID($0) })
        else { return accept(socket, missed: missed) }
        connecting.insert("/")
        let resumption = Resumption(
            pid: pid, offset: socket.auth["offset"]?.stringValue, auth: socket.auth,
            connection: NIOLoopBound(self, eventLoop: hub.eventLoop), newcomer: socket, request: request,
            transportName: transportName, sessionID: sessionID)
        delegate.resume(resumption)
    }

    func resumptionRefused(_ newcomer: Socket) {
        guard connecting.remove("/") != nil else { return }
        accept(newcomer, missed: [])
    }

    /// An earlier socket of this loop goes on over this connection. False when the connection is gone.
    func carries(_ socket: Socket) -> Bool {
        guard connecting.remove("/") != nil, session.isOpen else { return false }
        joined()
        root = socket
        let bound = NIOLoopBound(self, eventLoop: hub.eventLoop)
        hub.eventLoop.execute { bound.value.handOverEarlyAcks() }
        return true
    }

    /// The same for a socket of another loop.
    func carries(_ socket: DistantSocket) {
        guard connecting.remove("/") != nil, session.isOpen else { return socket.disconnected(.transportClose) }
        joined()
        distant = socket
        handOverEarlyAcks()
    }

    private func handOverEarlyAcks() {
        for (id, payload) in early.take() {
            payload.withUnsafeReadableBytes { bytes in
                if let distant { distant.acknowledged(id, bytes, []) } else { _ = root?.acknowledged(id, bytes, []) }
            }
        }
    }

    /// Acks of a client that resumes may be written before its CONNECT. They are kept until it is known whose they are.
    func takesEarly(_ id: Int?, _ payload: UnsafeRawBufferPointer, _ attachments: [ByteBuffer]) -> Bool {
        guard let id, attachments.isEmpty, hub.server.namespace("/")?.delegate?.resumes == true else { return false }
        return early.add(id, payload)
    }

    /// Hands a packet for `/` to its socket on another loop. False when it is none that goes there.
    func carry(
        _ header: PacketHeader, _ payload: UnsafeRawBufferPointer, _ attachments: [ByteBuffer],
        to socket: DistantSocket
    ) -> Bool {
        switch header.kind {
        case .event, .binaryEvent:
            socket.received(EventPacket(payload: payload, ackID: header.ackID, attachments: attachments))
        case .ack, .binaryAck:
            if let id = header.ackID { socket.acknowledged(id, payload, attachments) }
        case .disconnect where payload.isEmpty:
            distant = nil
            socket.disconnected(.clientNamespaceDisconnect)
        default: return false
        }
        return true
    }

    func distantLeft() { distant = nil }
}

/// A few acks that came too early for their socket.
struct EarlyAcks {
    private var acks: [(id: Int, payload: ByteBuffer)] = []
    private var bytes = 0

    /// False when they are too many.
    mutating func add(_ id: Int, _ payload: UnsafeRawBufferPointer) -> Bool {
        bytes += payload.count
        guard acks.count < 256, bytes <= 64 * 1024 else { return false }
        acks.append((id, ByteBuffer(bytes: payload)))
        return true
    }

    mutating func take() -> [(id: Int, payload: ByteBuffer)] {
        defer { self = EarlyAcks() }
        return acks
    }

    mutating func forget() { self = EarlyAcks() }
}
