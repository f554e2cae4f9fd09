// SPDX-License-Identifier: Apache-2.0
internal import ParleyEngineIO

/// Why a socket is no longer connected; the raw value is the text of the official server.
public enum DisconnectReason: String, Sendable {
    /// The client closed the connection, or it broke.
    case transportClose = "transport close"
    /// The connection failed, or broke the rules of its transport.
    case transportError = "transport error"
    /// The client did not answer a ping in time.
    case pingTimeout = "ping timeout"
    /// The client sent an Engine.IO packet that could not be read.
    case parseError = "parse error"
    /// This server closed the connection, for a packet that broke the protocol or because the application asked.
    case forcedClose = "forced close"
    /// The same, while the client was polling and no poll was pending.
    case forcedServerClose = "forced server close"
    /// The client left the namespace.
    case clientNamespaceDisconnect = "client namespace disconnect"
    /// The application disconnected the socket.
    case serverNamespaceDisconnect = "server namespace disconnect"
    /// The server is going down.
    case serverShuttingDown = "server shutting down"

    init(_ reason: CloseReason) {
        self =
            switch reason {
            case .transportClose: .transportClose
            case .transportError: .transportError
            case .pingTimeout: .pingTimeout
            case .parseError: .parseError
            case .forcedClose: .forcedClose
            case .forcedServerClose: .forcedServerClose
            case .shuttingDown: .serverShuttingDown
            }
    }

    /// Whether the client may take up where it was (connection state recovery).
    public var isRecoverable: Bool {
        switch self {
        case .transportClose, .transportError, .pingTimeout, .forcedClose, .forcedServerClose, .serverShuttingDown: true
        case .parseError, .clientNamespaceDisconnect, .serverNamespaceDisconnect: false
        }
    }
}
