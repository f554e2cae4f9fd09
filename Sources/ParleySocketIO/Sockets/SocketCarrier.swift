// SPDX-License-Identifier: Apache-2.0
internal import NIOCore
internal import ParleyEngineIO
internal import ParleyTransport

/// The connection under a socket, as the socket sees it. On the socket's loop.
protocol SocketCarrier: AnyObject {
    /// The request that opened the connection.
    var request: OpeningRequest { get }
    var transportName: String { get }
    /// Of the Engine.IO session.
    var sessionID: SessionID { get }
    /// Whether a packet sent now would be written now.
    var isWritable: Bool { get }
    func send(_ packet: OutgoingPacket)
    /// Sends a packet of text, without the type of its Engine.IO packet.
    func send(text: UnsafeRawBufferPointer)
    /// A socket has left its namespace while the connection goes on.
    func left(_ socket: Socket)
    /// Disconnects every namespace, tells the client, and closes.
    func closeAll()
    /// Closes because a packet broke the protocol.
    func fail()
}

/// The end of a connection on another loop, on the loop of the socket that it carries: a client that comes back lands on
/// any loop, its socket stays where it is.
final class DistantCarrier: SocketCarrier {
    let request: OpeningRequest
    let transportName: String
    let sessionID: SessionID
    private let connection: Hop<Connection>

    init(_ connection: Hop<Connection>, request: OpeningRequest, transportName: String, sessionID: SessionID) {
        self.connection = connection
        self.request = request
        self.transportName = transportName
        self.sessionID = sessionID
    }

    /// Not known here; the connection itself bounds what waits.
    var isWritable: Bool { true }

    func send(text: UnsafeRawBufferPointer) { send(OutgoingPacket(text: ByteBuffer(bytes: text))) }

    func send(_ packet: OutgoingPacket) { connection.run { $0.send(packet) } }
    func left(_ socket: Socket) { connection.run { $0.distantLeft() } }
    func closeAll() { connection.run { $0.closeAll() } }
    func fail() { connection.run { $0.fail() } }
}

/// The other end of the same: the socket, on the loop of its connection.
final class DistantSocket {
    private let socket: Socket
    private let hop: Hop<DistantCarrier>

    init(_ socket: Socket, carriedBy hop: Hop<DistantCarrier>) {
        self.socket = socket
        self.hop = hop
    }

    func received(_ packet: EventPacket) {
        let payload = ByteBuffer(bytes: packet.payload)
        onSocket { [ackID = packet.ackID, attachments = packet.attachments] socket in
            payload.withUnsafeReadableBytes {
                socket.received(EventPacket(payload: $0, ackID: ackID, attachments: attachments))
            }
        }
    }

    func acknowledged(_ id: Int, _ payload: UnsafeRawBufferPointer, _ attachments: [ByteBuffer]) {
        let payload = ByteBuffer(bytes: payload)
        onSocket { socket in payload.withUnsafeReadableBytes { socket.acknowledged(id, $0, attachments) } }
    }

    func disconnected(_ reason: DisconnectReason) {
        onSocket { socket in
            socket.disconnected(reason)
            return true
        }
    }

    /// Nothing reaches a socket through a connection that it has given up.
    private func onSocket(_ body: @escaping @Sendable (Socket) -> Bool) {
        hop.run { [socket] carrier in
            guard socket.isCarried(by: carrier) else { return }
            if !body(socket) { carrier.fail() }
        }
    }
}
