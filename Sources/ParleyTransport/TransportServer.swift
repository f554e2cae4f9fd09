// SPDX-License-Identifier: Apache-2.0
internal import NIOConcurrencyHelpers
package import NIOCore
package import ParleyEngineIO
package import ParleyTLS

/// Listens, accepts and spreads connections over the event loops.
package final class TransportServer: Sendable {
    package let loops: [NIOLoopBound<TransportLoop>]
    private let configuration: TransportConfiguration
    private let router: HTTPRouter
    private let addresses: AddressCounter
    private let listeners = NIOLockedValueBox<[Listener]>([])
    private let group: EpollLoopGroup

    /// - Parameters:
    ///   - group: the event loops, at most 64 of which are used.
    ///   - delegate: asked once for each session, on its loop.
    package init(
        group: EpollLoopGroup, configuration: TransportConfiguration, routes: [any HTTPRoute] = [],
        delegate: @escaping @Sendable (TransportLoop) -> any TransportDelegate
    ) async throws {
        self.group = group
        self.configuration = configuration
        var loops: [NIOLoopBound<TransportLoop>] = []
        for (index, eventLoop) in group.loops.prefix(64).enumerated() {
            try await loops.append(
                eventLoop.submit {
                    let loop = TransportLoop(eventLoop: eventLoop, index: index, configuration: configuration)
                    return NIOLoopBound(loop, eventLoop: eventLoop)
                }.get())
        }
        self.loops = loops
        addresses = AddressCounter(configuration)
        router = HTTPRouter(
            loops: loops, configuration: configuration, addresses: addresses, routes: routes, delegate: delegate)
    }

    /// Starts to listen; returns the address, with the port that was chosen when 0 was asked for.
    /// With certificates it speaks HTTPS only.
    package func listen(host: String, port: Int, tls: TLSCredentials? = nil) async throws -> SocketAddress {
        // An address is taken as it is: the resolver knows none of IPv6 on a machine that has only link-local ones.
        let address =
            try (try? SocketAddress(ipAddress: host, port: port)) ?? .makeAddressResolvingHost(host, port: port)
        let listener = try Listener(on: group.loops[0], address: address, for: Array(group.loops.prefix(64))) {
            [self] in try accepted($0, tls)
        }
        try await listener.start()
        listeners.withLockedValue { $0.append(listener) }
        return listener.address
    }

    /// On the loop of the new connection.
    private func accepted(_ channel: StreamChannel, _ tls: TLSCredentials?) throws {
        guard let loop = loops.first(where: { $0.eventLoop === channel.loop })?.value else { return }
        let address = channel.peer
        guard addresses.add(address) else {
            // Those who come too often are not worth a handshake.
            guard tls == nil else { return channel.closeNow() }
            let words =
                "HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nRetry-After: 10\r\nContent-Length: 0\r\n\r\n"
            return channel.loop.execute {
                channel.writeAndFlush(ByteBuffer(string: words), promise: nil)
                channel.close(promise: nil)
            }
        }
        channel.whenClosed = { [addresses] in addresses.remove(address) }
        if let tls {
            // Its handshake has the time of a first request: the handler below closes what says nothing for so long.
            guard let filter = TLSFilter(tls.context, on: channel.loop) else { return channel.closeNow() }
            channel.tls = filter
        }
        let connection = HTTPConnectionHandler(
            loop: loop, router: router, isSecure: tls != nil, remoteAddress: address)
        connection.begin(on: channel)
    }

    /// Connections at present, those that speak no Engine.IO included.
    package var connections: Int { addresses.total }

    /// Accepts nothing new.
    package func stopListening() async {
        let ended = listeners.withLockedValue { listeners in
            defer { listeners = [] }
            return listeners
        }
        for listener in ended { await listener.close() }
    }

    /// Closes every session, as `io.close()` of the official server does, and waits until the closes are written. Clients
    /// that are just between two polls, or between two transports, have a second to come for theirs.
    package func closeSessions(_ reason: CloseReason) async {
        let end = NIODeadline.now() + .seconds(1)
        while await leavesSessions(closing: reason), NIODeadline.now() < end {
            try? await Task.sleep(for: .milliseconds(20))  // a cancelled task only looks more often
        }
    }

    /// Closes the sessions of all loops. Whether somebody has yet to come for its close.
    private func leavesSessions(closing reason: CloseReason) async -> Bool {
        var isLeft = false
        for bound in loops {
            let isLeftHere = try? await bound.eventLoop.submit {
                for session in Array(bound.value.sessions.values) { session.close(reason) }
                return !bound.value.sessions.isEmpty
            }.get()  // fails only when the loop is gone, and the sessions with it
            isLeft = isLeft || isLeftHere == true
        }
        return isLeft
    }
}
