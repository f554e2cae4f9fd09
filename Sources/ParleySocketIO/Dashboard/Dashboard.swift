// SPDX-License-Identifier: Apache-2.0
internal import Foundation
internal import NIOConcurrencyHelpers
internal import NIOCore

/// The server's side of the official dashboard (@socket.io/admin-ui): figures every two seconds, and in development mode
/// every socket, room and event. Whoever is attached was let in by the namespace's own middleware. One for all loops.
package final class Dashboard: Sendable {
    /// The events by which a dashboard asks for something.
    package static let requests: Set<String> = ["emit", "join", "leave", "_disconnect"]
    /// Samples that make up one report.
    private static let samplesPerReport = 2

    package let namespace: Namespace
    let serverID: String
    let isDevelopment: Bool
    unowned let server: SocketIOServer
    private let startedAt = WallClock.milliseconds
    private let reporting = NIOLockedValueBox<Task<Void, Never>?>(nil)

    /// - Parameter isDevelopment: tell of every socket, room and event, which costs as much as the events themselves.
    package init(on namespace: Namespace, of server: SocketIOServer, serverID: String, isDevelopment: Bool) {
        self.namespace = namespace
        self.server = server
        self.serverID = serverID
        self.isDevelopment = isDevelopment
        if isDevelopment { server.furnishHubs { $0.news = DashboardNews(self) } }
    }

    deinit { reporting.withLockedValue { $0 }?.cancel() }

    /// Begins to tell a socket that has just joined, and to do what it asks.
    package func attach(_ socket: Socket, isReadOnly: Bool) async {
        var features: [JSON] = ["AGGREGATED_EVENTS"]
        if isDevelopment { features.append("ALL_EVENTS") }
        if !isReadOnly {
            features = ["EMIT", "JOIN", "LEAVE", "DISCONNECT", "MJOIN", "MLEAVE", "MDISCONNECT"] + features
            takeRequests(of: socket)
        }
        socket.emit("config", ["supportedFeatures": .array(features)])
        if isDevelopment { socket.emit("all_sockets", .array(await allSockets())) }
        startReporting()
    }

    private func allSockets() async -> [JSON] {
        var all: [JSON] = []
        for hub in server.hubs {
            let found = try? await hub.eventLoop.submit {
                hub.value.locals.flatMap { $0.sockets.values.map { $0.serialized } }
            }.get()
            all += found ?? []
        }
        return all
    }

    // MARK: Figures

    private func startReporting() {
        reporting.withLockedValue { task in
            guard task == nil else { return }
            task = Task { [weak self] in
                var last = await self?.sample().traffic
                var events: [JSON] = []
                var samples = 0
                // Sleeping ends with the cancellation, which is no failure here.
                while !Task.isCancelled, let dashboard = self {
                    try? await Task.sleep(for: .seconds(1))
                    let sample = await dashboard.sample()
                    let second = WallClock.milliseconds / 1_000 * 1_000
                    events += last.map { sample.traffic.events(since: $0, at: second) } ?? []
                    last = sample.traffic
                    samples += 1
                    guard samples % Self.samplesPerReport == 0 else { continue }
                    dashboard.report(sample, events)
                    events = []
                }
            }
        }
    }

    private struct Sample: Sendable {
        var traffic = Traffic()
        var clients = 0
        var polling = 0
        var sockets: [String: Int] = [:]
    }

    private func sample() async -> Sample {
        var total = Sample()
        for hub in server.hubs {
            let part = try? await hub.eventLoop.submit {
                let sessions = hub.value.loop.sessions.values
                var part = Sample(
                    traffic: hub.value.traffic, clients: sessions.count, polling: sessions.count { $0.isPolling })
                for local in hub.value.locals { part.sockets[local.namespace.name] = local.sockets.count }
                return part
            }.get()
            guard let part else { continue }
            total.traffic.add(part.traffic)
            total.clients += part.clients
            total.polling += part.polling
            total.sockets.merge(part.sockets, uniquingKeysWith: +)
        }
        return total
    }

    private func report(_ sample: Sample, _ events: [JSON]) {
        let namespaces = sample.sockets.sorted { $0.key < $1.key }.map { name, count in
            ["name": .string(name), "socketsCount": .int(Int64(count))] as JSON
        }
        tell(
            "server_stats",
            [
                "serverId": .string(serverID), "hostname": .string(serverID),
                "pid": .int(Int64(ProcessInfo.processInfo.processIdentifier)),
                "uptime": .double(Double(WallClock.milliseconds - startedAt) / 1_000),
                "clientsCount": .int(Int64(sample.clients)), "pollingClientsCount": .int(Int64(sample.polling)),
                "aggregatedEvents": .array(events), "namespaces": .array(namespaces),
            ])
    }

    /// Tells everybody who is attached. A dashboard that does not read is closed as any client, and begins anew.
    func tell(_ event: String, _ arguments: JSON...) {
        namespace.adapter.broadcast(event, arguments, BroadcastOptions())
    }
}
