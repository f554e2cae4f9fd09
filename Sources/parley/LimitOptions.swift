// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import NIOCore
internal import ParleySocketIO
internal import ParleyTransport

/// What clients may take of the server, in time, size and number.
struct LimitOptions: ParsableArguments {
    @Option(help: "Milliseconds from a pong to the next ping.") var pingInterval =
        Setting.number("PING_INTERVAL") ?? 25_000
    @Option(help: "Milliseconds a client has to answer a ping.") var pingTimeout =
        Setting.number("PING_TIMEOUT") ?? 20_000
    @Option(help: "Milliseconds a new connection has to join a namespace.")
    var connectTimeout = Setting.number("CONNECT_TIMEOUT") ?? 10_000
    @Option(help: "The largest message, in bytes.") var maxPayload = Setting.number("MAX_PAYLOAD") ?? 1_000_000
    @Option(help: "Connections at a time from one address. (default: 256, loopback not counted)")
    var maxConnectionsPerAddress: Int?
    @Option(
        help: """
            Packets a second from one connection, bursts of twice as many; 0 is no limit. (default: 200, and no limit on \
            loopback)
            """)
    var maxPacketsPerSecond: Int?
    @Option(
        name: .customLong("trusted-proxy"),
        help: "An address or network (10.0.0.0/8) of proxies whose X-Forwarded-For is believed (repeatable).")
    var trustedProxy: [String] = Setting.list("TRUSTED_PROXY")

    private var addressLimit: Int? { maxConnectionsPerAddress ?? Setting.number("MAX_CONNECTIONS_PER_ADDRESS") }
    private var packetLimit: Int? { maxPacketsPerSecond ?? Setting.number("MAX_PACKETS_PER_SECOND") }

    func validate() throws {
        for (name, value, least) in [
            ("ping-interval", pingInterval, 1), ("ping-timeout", pingTimeout, 1),
            ("connect-timeout", connectTimeout, 1), ("max-payload", maxPayload, 1),
            ("max-connections-per-address", addressLimit ?? 1, 1), ("max-packets-per-second", packetLimit ?? 0, 0),
        ] where !(least...1_000_000_000).contains(value) {
            throw ValidationError("--\(name) must be \(least) to 1000000000, not \(value).")
        }
        var proxies = Networks()
        for text in trustedProxy where !proxies.add(text) {
            throw ValidationError(
                "--trusted-proxy must be an IP address, or a network such as 10.0.0.0/8, not \"\(text)\".")
        }
    }

    func apply(to configuration: inout SocketIOConfiguration) throws {
        configuration.pingInterval = .milliseconds(Int64(pingInterval))
        configuration.pingTimeout = .milliseconds(Int64(pingTimeout))
        configuration.connectTimeout = .milliseconds(Int64(connectTimeout))
        configuration.maxPayload = maxPayload
        configuration.limits.connections = DescriptorLimit.raised()
        if let limit = addressLimit {
            configuration.limits.connectionsPerAddress = limit
            configuration.limits.countsLoopback = true
        }
        configuration.limits.trustedProxies = trustedProxy
        configuration.limits.packetsPerSecond = packetLimit ?? 200
        configuration.limits.packetsPerSecondOfLoopback = packetLimit ?? 0
    }
}
