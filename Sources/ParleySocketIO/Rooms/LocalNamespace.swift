// SPDX-License-Identifier: Apache-2.0
internal import ParleyEngineIO

/// One loop's part of a namespace: its sockets and who of them is in which room. Confined to the loop.
final class LocalNamespace {
    let namespace: Namespace
    unowned let hub: Hub
    private(set) var sockets: [SessionID: Socket] = [:]
    private var rooms: [String: [SessionID: Socket]] = [:]

    init(_ namespace: Namespace, hub: Hub) {
        self.namespace = namespace
        self.hub = hub
    }

    func add(_ socket: Socket) {
        sockets[socket.sid] = socket
        for room in socket.joined { add(socket, to: room) }
    }

    /// Takes a socket out, and keeps what a recovery needs when the reason allows one.
    func remove(_ socket: Socket, keepsSession: Bool) {
        sockets[socket.sid] = nil
        for room in socket.joined { remove(socket, from: room) }
        if keepsSession, let recovery = namespace.recovery, let pid = socket.pid {
            recovery.keep(RecoverableSession(sid: socket.sid, pid: pid, rooms: socket.joined, data: socket.data))
        }
    }

    func add(_ socket: Socket, to room: String) { rooms[room, default: [:]][socket.sid] = socket }

    func remove(_ socket: Socket, from room: String) {
        rooms[room]?[socket.sid] = nil
        if rooms[room]?.isEmpty == true { rooms[room] = nil }
    }

    /// The sockets in any of the rooms, or all when none is named, without those in an excepted room; each once.
    func select(_ options: BroadcastOptions) -> [Socket] {
        var selected: [Socket]
        if options.rooms.isEmpty {
            selected = Array(sockets.values)
        } else if options.rooms.count == 1, let room = options.rooms.first {
            selected = members(of: room)
        } else {
            var union: [SessionID: Socket] = [:]
            for room in options.rooms { for socket in members(of: room) { union[socket.sid] = socket } }
            selected = Array(union.values)
        }
        guard !options.except.isEmpty else { return selected }
        let excepted = Set(options.except.flatMap { members(of: $0).map(\.sid) })
        selected.removeAll { excepted.contains($0.sid) }
        return selected
    }

    /// The members of a room; each socket is the only member of the room of its id.
    private func members(of room: String) -> [Socket] {
        if let id = SessionID(room), let socket = sockets[id] { return [socket] }
        return rooms[room].map { Array($0.values) } ?? []
    }
}
