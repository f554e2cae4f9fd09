// SPDX-License-Identifier: Apache-2.0

/// Why a session ended; the raw value is the text a Socket.IO `disconnect` handler sees.
package enum CloseReason: String, Sendable {
    /// The client closed the WebSocket or the TCP connection, or sent a close packet by polling. Clients reconnect.
    case transportClose = "transport close"
    /// A broken WebSocket, an aborted or overlapping poll, a ping in the wrong direction. Clients reconnect.
    case transportError = "transport error"
    /// No pong came in time. Clients reconnect.
    case pingTimeout = "ping timeout"
    /// An Engine.IO packet that could not be decoded. Clients reconnect.
    case parseError = "parse error"
    /// This server closed the connection. Clients reconnect.
    case forcedClose = "forced close"
    /// The same, while the client was polling and no poll was pending.
    case forcedServerClose = "forced server close"
    /// This server is going down.
    case shuttingDown = "server shutting down"
}
