// SPDX-License-Identifier: Apache-2.0

/// What a dashboard asks for: in a namespace, for everybody or for those in one room, or one socket by its id.
extension Dashboard {
    func takeRequests(of socket: Socket) {
        socket.on("emit") { [weak self] event in
            guard let (namespace, chosen) = self?.choice(event[0], event[1]), let name = event[2].stringValue,
                !ReservedEvents.names.contains(name)
            else { return }
            namespace.adapter.broadcast(name, Array(event.arguments.dropFirst(3)), chosen)
        }
        socket.on("join") { [weak self] event in
            guard let (namespace, chosen) = self?.choice(event[0], event[2]), let room = event[1].stringValue else {
                return
            }
            namespace.adapter.addSockets(chosen, to: [room])
        }
        socket.on("leave") { [weak self] event in
            guard let (namespace, chosen) = self?.choice(event[0], event[2]), let room = event[1].stringValue else {
                return
            }
            self?.evict(chosen, of: namespace, from: room)
        }
        socket.on("_disconnect") { [weak self] event in
            guard let (namespace, chosen) = self?.choice(event[0], event[2]) else { return }
            namespace.adapter.disconnectSockets(chosen, close: event[1].boolValue ?? false)
        }
    }

    private func choice(_ name: JSON, _ filter: JSON) -> (Namespace, BroadcastOptions)? {
        guard let namespace = name.stringValue.flatMap(server.namespace) else { return nil }
        return (namespace, BroadcastOptions(rooms: filter.stringValue.map { [$0] } ?? []))
    }

    /// A delegate that keeps the room itself sees to it.
    private func evict(_ chosen: BroadcastOptions, of namespace: Namespace, from room: String) {
        for hub in server.hubs {
            hub.eventLoop.execute {
                for socket in hub.value.local(namespace).select(chosen) { socket.evict(from: room) }
            }
        }
    }
}
