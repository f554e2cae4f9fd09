// SPDX-License-Identifier: Apache-2.0
internal import NIOCore
package import ParleyEngineIO
internal import ParleyTransport

/// A client's wish to take up an earlier socket over a new connection: `pid` and `offset` of its `auth`, as with
/// connection state recovery of the official server. Answered once, by `accept` or `refuse`.
package struct Resumption: Sendable {
    /// The secret that names the earlier socket.
    package let pid: SessionID
    /// The last argument of the last event that the client got without an ack, if it was a string.
    package let offset: String?
    /// All of the client's `auth`.
    package let auth: JSON

    /// What middleware found out about the client.
    package var attachment: (any AnyObject & Sendable)? { newcomer.attachment }

    let connection: NIOLoopBound<Connection>
    /// What the client gets when the wish is not granted.
    let newcomer: Socket
    let request: OpeningRequest
    let transportName: String
    let sessionID: SessionID

    /// Puts the new connection under `socket`, and closes the one that it still had. The client hears nothing before
    /// `sendConnect`. False when the new connection is gone already. On the socket's loop.
    package func accept(_ socket: Socket) -> Bool {
        if connection.eventLoop === socket.eventLoop {
            guard connection.value.carries(socket) else { return false }
            socket.take(connection.value)
            return true
        }
        let hop = Hop(from: socket.hub.loop, to: connection)
        let carrier = DistantCarrier(hop, request: request, transportName: transportName, sessionID: sessionID)
        let bound = NIOLoopBound(carrier, eventLoop: socket.eventLoop)
        socket.take(carrier)
        hop.run { connection in
            connection.carries(DistantSocket(socket, carriedBy: Hop(from: connection.hub.loop, to: bound)))
        }
        return true
    }

    /// Lets the client in as a newcomer. From any loop.
    package func refuse() {
        if connection.eventLoop.inEventLoop { return connection.value.resumptionRefused(newcomer) }
        connection.eventLoop.execute { [connection, newcomer] in connection.value.resumptionRefused(newcomer) }
    }
}
