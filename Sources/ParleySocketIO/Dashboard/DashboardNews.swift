// SPDX-License-Identifier: Apache-2.0
internal import NIOCore

/// Tells dashboards of every socket, room and event of one loop, in development mode. Confined to the loop.
final class DashboardNews {
    private unowned let dashboard: Dashboard

    init(_ dashboard: Dashboard) { self.dashboard = dashboard }

    private var now: JSON { .string(WallClock.text(WallClock.milliseconds)) }

    func connected(_ socket: Socket) {
        dashboard.tell("socket_connected", socket.serialized, now)
        for room in socket.roomsOnLoop { joined(socket, room) }
    }

    func disconnected(_ socket: Socket, _ rooms: Set<String>, _ reason: DisconnectReason) {
        for room in rooms { left(socket, room) }
        dashboard.tell("socket_disconnected", name(socket), .string(socket.id), .string(reason.text), now)
    }

    func upgraded(_ socket: Socket, to transport: String) {
        dashboard.tell(
            "socket_updated", ["id": .string(socket.id), "nsp": name(socket), "transport": .string(transport)])
    }

    func changed(_ socket: Socket, _ data: JSON) {
        dashboard.tell("socket_updated", ["id": .string(socket.id), "nsp": name(socket), "data": data])
    }

    func joined(_ socket: Socket, _ room: String) {
        dashboard.tell("room_joined", name(socket), .string(room), .string(socket.id), now)
    }

    func left(_ socket: Socket, _ room: String) {
        dashboard.tell("room_left", name(socket), .string(room), .string(socket.id), now)
    }

    func received(_ socket: Socket, _ packet: EventPacket) {
        guard isToldOf(socket), let items = PayloadReader.array(packet.payload, packet.attachments) else { return }
        dashboard.tell("event_received", name(socket), .string(socket.id), .array(items), now)
    }

    /// A packet for the client, header and all.
    func sent(_ socket: Socket, _ packet: OutgoingPacket) {
        guard isToldOf(socket) else { return }
        packet.text.withUnsafeReadableBytes { bytes in
            guard let header = PacketHeader(bytes), header.kind == .event || header.kind == .binaryEvent else { return }
            let payload = UnsafeRawBufferPointer(rebasing: bytes[header.payload])
            guard let items = PayloadReader.array(payload, packet.attachments) else { return }
            dashboard.tell("event_sent", name(socket), .string(socket.id), .array(items), now)
        }
    }

    /// Telling of what dashboards are told would never end.
    private func isToldOf(_ socket: Socket) -> Bool { socket.namespace !== dashboard.namespace }

    private func name(_ socket: Socket) -> JSON { .string(socket.namespace.name) }
}

extension Socket {
    /// The socket as dashboards know it; its `auth` is not among it. On its loop.
    var serialized: JSON {
        let handshake = handshake
        return [
            "id": .string(id), "clientId": .string(String(carrierID.prefix(12))),
            "transport": .string(carrierTransport), "nsp": .string(namespace.name), "data": data,
            "handshake": [
                "address": .string(handshake.address), "headers": handshake.headers.json,
                "query": handshake.query.json, "issued": .int(handshake.issued), "secure": .bool(handshake.isSecure),
                "time": .string(WallClock.text(handshake.issued)),
                // A token may be part of it.
                "url": .string(String(handshake.url.prefix { $0 != "?" })),
                "xdomain": .bool(handshake.isCrossDomain),
            ],
            "rooms": .array(roomsOnLoop.sorted().map(JSON.string)),
        ]
    }
}

extension [String: String] {
    /// What may hold a secret is left out.
    fileprivate var json: JSON {
        let secrets: Set<String> = ["authorization", "cookie", "proxy-authorization", "token"]
        return .object(
            .init(uniqueKeysWithValues: filter { !secrets.contains($0.key) }.map { ($0.key, .string($0.value)) }))
    }
}
