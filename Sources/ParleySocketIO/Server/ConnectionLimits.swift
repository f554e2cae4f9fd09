// SPDX-License-Identifier: Apache-2.0
public import NIOCore
internal import ParleyTransport

/// What a client may take of a server before it is refused or its connection ends. Counts are of one client where nothing
/// else is said.
public struct ConnectionLimits: Sendable {
    /// Connections at a time, of all clients. To be below what the system lets the process have open.
    public var connections = 100_000
    /// Connections of one address, an IPv6 one by its first 64 bits. Behind a trusted proxy, sessions of the address that it
    /// names.
    public var connectionsPerAddress = 256
    /// Whether that goes for loopback too, where a proxy may stand for everybody.
    public var countsLoopback = false
    /// Packets a second, acks included, with bursts of twice as many; 0 is no limit.
    public var packetsPerSecond = 0
    /// The same for clients on loopback.
    public var packetsPerSecondOfLoopback = 0
    /// Bytes of a request line with its header fields, and how many fields there may be.
    public var headBytes = 16 * 1024
    public var headerFields = 100
    /// How long a request head, a body, or a handshake of TLS may take to arrive.
    public var requestTimeout = TimeAmount.seconds(10)
    /// How long a connection is kept without a request.
    public var idleTimeout = TimeAmount.seconds(30)
    /// Frames of one WebSocket message.
    public var fragments = 1024
    /// What may wait for a client that does not read.
    public var queuedBytes = 1 << 20
    public var queuedPackets = 512
    /// Addresses and networks (`10.0.0.0/8`) of proxies whose `X-Forwarded-For` is believed. What is neither is passed over.
    public var trustedProxies: [String] = []

    public init() {}

    func apply(to transport: inout TransportConfiguration) {
        transport.maxConnections = connections
        transport.maxConnectionsPerAddress = connectionsPerAddress
        transport.countsLoopback = countsLoopback
        transport.maxPacketsPerSecond = packetsPerSecond
        transport.maxPacketsPerSecondOfLoopback = packetsPerSecondOfLoopback
        transport.maxHeadBytes = headBytes
        transport.maxHeaderFields = headerFields
        transport.requestTimeout = requestTimeout
        transport.idleTimeout = idleTimeout
        transport.maxFragments = fragments
        transport.maxQueuedBytes = queuedBytes
        transport.maxQueuedPackets = queuedPackets
        transport.trustedProxies = TrustedProxies()
        for proxy in trustedProxies { _ = transport.trustedProxies.networks.add(proxy) }
    }
}
