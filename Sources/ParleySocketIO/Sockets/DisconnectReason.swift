// SPDX-License-Identifier: Apache-2.0
internal import ParleyEngineIO

/// Why a socket is no longer connected.
public enum DisconnectReason: Sendable {
    /// The client closed the connection, or it broke.
    case transportClose
    /// The client closed its WebSocket with code 1000, which some clients do in place of leaving the namespace.
    case normalClosure
    /// The connection failed, or broke the rules of its transport.
    case transportError
    /// The client did not answer a ping in time.
    case pingTimeout
    /// The client sent an Engine.IO packet that could not be read.
    case parseError
    /// This server closed the connection, for a packet that broke the protocol or because the application asked.
    case forcedClose
    /// The same, while the client was polling and no poll was pending.
    case forcedServerClose
    /// The client left the namespace.
    case clientNamespaceDisconnect
    /// The application disconnected the socket.
    case serverNamespaceDisconnect
    /// The server is going down.
    case serverShuttingDown

    /// The text of the official server.
    public var text: String {
        switch self {
        case .transportClose, .normalClosure: "transport close"
        case .transportError: "transport error"
        case .pingTimeout: "ping timeout"
        case .parseError: "parse error"
        case .forcedClose: "forced close"
        case .forcedServerClose: "forced server close"
        case .clientNamespaceDisconnect: "client namespace disconnect"
        case .serverNamespaceDisconnect: "server namespace disconnect"
        case .serverShuttingDown: "server shutting down"
        }
    }

    init(_ reason: CloseReason) {
        self =
            switch reason {
            case .transportClose: .transportClose
            case .normalClosure: .normalClosure
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
        case .transportClose, .normalClosure, .transportError, .pingTimeout, .forcedClose, .forcedServerClose,
            .serverShuttingDown:
            true
        case .parseError, .clientNamespaceDisconnect, .serverNamespaceDisconnect: false
        }
    }
}
