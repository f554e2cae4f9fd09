// SPDX-License-Identifier: Apache-2.0

/// Takes the place of registered handlers for all sockets of a namespace. One for all loops.
package protocol NamespaceDelegate: AnyObject, Sendable {
    /// Whether sockets get a `pid`, by which their clients may take them up after a lost connection.
    var resumes: Bool { get }
    /// A client has joined. Returns what handles its events; nil leaves them to registered handlers. On the socket's loop.
    func joined(_ socket: Socket) -> (any SocketDelegate)?
    /// A client asks for its earlier socket. Accepts or refuses exactly once, now or later, from any loop. Called on the
    /// loop of the new connection.
    func resume(_ resumption: Resumption)
}

/// What handles a socket's events without going through registered handlers. All on the socket's loop.
package protocol SocketDelegate: AnyObject {
    /// An event came. False when its payload is no event, upon which the connection is closed.
    func received(_ packet: consuming EventPacket) -> Bool
    /// The client has answered a packet that the delegate wrote with this id, which was below 2^29, with this JSON array,
    /// alive until the method returns. False when it is none, upon which the connection is closed.
    func acknowledged(_ id: Int, _ payload: UnsafeRawBufferPointer) -> Bool
    /// The socket has lost its connection or left its namespace. True when it may be resumed: then it keeps its ids and
    /// the acks that it waits for. Otherwise nothing is called after this.
    func disconnected(_ reason: DisconnectReason) -> Bool
    /// Somebody who runs the server takes the client out of a room. False when it is none that the delegate keeps.
    func evict(from room: String) -> Bool
}
