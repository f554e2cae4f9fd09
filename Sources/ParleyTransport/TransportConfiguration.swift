// SPDX-License-Identifier: Apache-2.0
package import NIOCore
package import ParleyEngineIO

/// What a transport accepts and the limits it holds. Byte counts are bytes; durations name themselves.
package struct TransportConfiguration: Sendable {
    package var engine = EngineConfiguration()
    /// The path of the Engine.IO endpoint, without its closing slash.
    package var path = "/socket.io"
    /// The name of the cookie that carries the session id of a polling handshake, when one is wanted.
    package var cookieName: String?
    package var origins = OriginPolicy.sameHost
    /// Poll answers of at least this many bytes are compressed when the client accepts it.
    package var compressionThreshold = 1024
    /// The largest request line and header fields together.
    package var maxHeadBytes = 16 * 1024
    package var maxHeaderFields = 100
    /// The time a request head, or its body, may take to arrive.
    package var requestTimeout = TimeAmount.seconds(10)
    /// How long a connection without a request is kept.
    package var idleTimeout = TimeAmount.seconds(30)
    /// The largest number of frames that make one WebSocket message.
    package var maxFragments = 1024
    /// What may wait for a client that does not read, before the session is closed.
    package var maxQueuedBytes = 1 << 20
    package var maxQueuedPackets = 512
    /// Connections at a time from one address.
    package var maxConnectionsPerAddress = 256
    /// Whether that goes for loopback too, where a proxy may stand for everybody.
    package var countsLoopback = false
    /// Whose word on a client's address is believed. Their own connections are not counted by address.
    package var trustedProxies = TrustedProxies()
    /// Connections at a time in all; to be below what the system lets a process have open.
    package var maxConnections = 100_000
    /// Packets a second from one session, with bursts of twice as many; 0 is no limit.
    package var maxPacketsPerSecond = 0
    /// The same for clients on loopback: a proxy may stand there for everybody, and load is made there.
    package var maxPacketsPerSecondOfLoopback = 0

    /// For how many seconds browsers are told to come with TLS only (RFC 6797). Said over TLS only; nil: not at all.
    package var strictTransportSeconds: Int?

    /// Counts who was refused for what.
    package let refusals = RefusalCounts()

    package init() {}

    /// The path with its closing slash, with which every Engine.IO request begins.
    package var prefix: String {
        (path.hasSuffix("/") ? String(path.dropLast()) : path) + "/"
    }
}
