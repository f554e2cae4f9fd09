// SPDX-License-Identifier: Apache-2.0
public import NIOCore
package import ParleyTransport

/// The options of a Socket.IO server. The defaults are those of the official server, but that pages of other hosts are
/// refused unless `origins` names them.
public struct SocketIOConfiguration: Sendable {
    /// The path of the endpoint.
    public var path: String {
        get { transport.path }
        set { transport.path = newValue }
    }
    /// From the opening, or from a received pong, to the next ping.
    public var pingInterval: TimeAmount {
        get { transport.engine.pingInterval }
        set { transport.engine.pingInterval = newValue }
    }
    /// From a ping to the end of the connection when no pong came.
    public var pingTimeout: TimeAmount {
        get { transport.engine.pingTimeout }
        set { transport.engine.pingTimeout = newValue }
    }
    /// The largest POST body and WebSocket message, in bytes. The attachments of a packet are counted together.
    public var maxPayload: Int {
        get { transport.engine.maxPayload }
        set { transport.engine.maxPayload = newValue }
    }
    /// Origins (`https://example.org`) whose pages may connect beside the server's own; `*` for all.
    public var origins: Set<String> {
        get {
            switch transport.origins {
            case .sameHost: []
            case .list(let origins): origins
            case .any: ["*"]
            }
        }
        set { transport.origins = newValue.contains("*") ? .any : newValue.isEmpty ? .sameHost : .list(newValue) }
    }
    /// The name of a cookie that carries the session's id, set by the answer to a polling handshake; nil for none.
    public var cookie: String? {
        get { transport.cookieName }
        set { transport.cookieName = newValue }
    }
    /// For how many seconds browsers are told, over TLS, to use nothing but TLS with this host; nil: they are not told.
    public var strictTransportSeconds: Int? {
        get { transport.strictTransportSeconds }
        set { transport.strictTransportSeconds = newValue }
    }
    /// A connection that has joined no namespace by then is closed.
    public var connectTimeout = TimeAmount.milliseconds(45_000)
    /// Whether, and how long, a lost connection may be taken up again.
    public var recovery: RecoveryConfiguration?
    /// Event loops; nil for one for each core.
    public var threads: Int?
    /// How long an event loop may ask the kernel for more, rather than sleep, where that has lately been of use: it saves
    /// the time it takes to wake up where clients answer that soon, and costs processor time. Zero for never.
    public var busyPoll = Duration.microseconds(50)
    /// What clients may take.
    public var limits = ConnectionLimits() {
        didSet { limits.apply(to: &transport) }
    }
    /// Everything else about HTTP, WebSocket and limits.
    package var transport = TransportConfiguration()
    /// Requests beside the Socket.IO endpoint.
    package var routes: [any HTTPRoute] = []

    public init() {}
}

/// Connection state recovery: what a client missed while it was away is sent when it comes back.
public struct RecoveryConfiguration: Sendable {
    /// How long a client may be away.
    public var maxDisconnection = TimeAmount.seconds(120)
    /// Whether a recovered client skips the middleware of its namespace.
    public var skipsMiddleware = true
    /// The bytes of events kept for clients that are away; the oldest go first.
    public var maxLogBytes = 16 << 20

    public init() {}
}
