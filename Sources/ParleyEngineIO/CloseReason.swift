// SPDX-License-Identifier: Apache-2.0

/// Why a session ended.
package enum CloseReason: Sendable {
    /// The client closed the WebSocket or the TCP connection, or sent a close packet by polling. Clients reconnect.
    case transportClose
    /// The client closed its WebSocket with code 1000: the connection had served its purpose. Some clients close so right
    /// behind, or in place of, the packets that say goodbye.
    case normalClosure
    /// A broken WebSocket, an aborted or overlapping poll, a ping in the wrong direction. Clients reconnect.
    case transportError
    /// No pong came in time. Clients reconnect.
    case pingTimeout
    /// An Engine.IO packet that could not be decoded. Clients reconnect.
    case parseError
    /// This server closed the connection. Clients reconnect.
    case forcedClose
    /// The same, while the client was polling and no poll was pending.
    case forcedServerClose
    /// This server is going down.
    case shuttingDown
}
