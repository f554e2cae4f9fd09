// SPDX-License-Identifier: Apache-2.0
package import NIOCore
internal import ParleyEngineIO
package import ParleyTransport

/// All of Socket.IO that lives on one event loop. Confined to it.
package final class Hub {
    package let loop: TransportLoop
    package unowned let server: SocketIOServer
    let runner: HandlerRunner
    let connectTimeout: DeadlineQueue
    private var namespaces: [String: LocalNamespace] = [:]
    var traffic = Traffic()
    /// Used for one packet after the other.
    let packet = PacketSpace()
    /// Nil unless dashboards are told of everything.
    var news: DashboardNews?
    var locals: [LocalNamespace] { Array(namespaces.values) }

    init(loop: TransportLoop, server: SocketIOServer) {
        self.loop = loop
        self.server = server
        runner = HandlerRunner(loop.eventLoop)
        connectTimeout = DeadlineQueue(after: server.configuration.connectTimeout, on: loop.eventLoop)
    }

    package var eventLoop: any EventLoop { loop.eventLoop }

    /// This loop's part of a namespace, made when it is first asked for.
    func local(_ namespace: Namespace) -> LocalNamespace {
        if let local = namespaces[namespace.name] { return local }
        let local = LocalNamespace(namespace, hub: self)
        namespaces[namespace.name] = local
        return local
    }
}
