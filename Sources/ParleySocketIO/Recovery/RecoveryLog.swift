// SPDX-License-Identifier: Apache-2.0
internal import DequeModule
internal import NIOConcurrencyHelpers
internal import NIOCore
internal import ParleyEngineIO

/// What is kept of a socket whose client may come back.
struct RecoverableSession: Sendable {
    var sid: SessionID
    var pid: SessionID
    var rooms: Set<String>
    var data: JSON
}

/// A session taken up again, with the events its client has missed.
struct RestoredSession: Sendable {
    var session: RecoverableSession
    var missed: [OutgoingPacket]
}

/// The memory of one namespace for connection state recovery: sessions of clients that are away, and the latest events.
///
/// An event carries its offset as one more argument; a client that comes back names the last one it saw.
final class RecoveryLog: Sendable {
    private struct Entry {
        var at: NIODeadline
        var packet: OutgoingPacket
        var options: BroadcastOptions
    }

    private struct State {
        var entries: Deque<Entry> = []
        /// The number of the first entry.
        var first = 0
        var bytes = 0
        var sessions: [SessionID: (session: RecoverableSession, since: NIODeadline)] = [:]
        var nextSweep = NIODeadline.now()
    }

    let configuration: RecoveryConfiguration
    private let state = NIOLockedValueBox(State())
    /// Sets the offsets of this log apart from those of an earlier run of the server.
    private let epoch = SessionID(loop: 0).description.prefix(6)

    init(_ configuration: RecoveryConfiguration) { self.configuration = configuration }

    /// Keeps an event and returns it with its offset, ready to be sent.
    func record(_ event: String, _ arguments: [JSON], _ options: BroadcastOptions, namespace: String) -> OutgoingPacket
    {
        let now = NIODeadline.now()
        return state.withLockedValue { state in
            let offset = JSON.string("\(epoch)\(String(state.first + state.entries.count, radix: 36))")
            let packet = OutgoingPacket(
                .event, namespace: namespace, payload: EncodedPayload(event: event, arguments + [offset]))
            state.entries.append(Entry(at: now, packet: packet, options: options))
            state.bytes += packet.size
            forgetOld(&state, now)
            return packet
        }
    }

    func keep(_ session: RecoverableSession) {
        let now = NIODeadline.now()
        state.withLockedValue { state in
            state.sessions[session.pid] = (session, now)
            forgetOld(&state, now)
        }
    }

    /// Takes a session out and returns it with what it missed; nil when it is unknown or too much is lost.
    func restore(pid: String, offset: String) -> RestoredSession? {
        guard let pid = SessionID(pid), offset.hasPrefix(epoch),
            let seen = Int(offset.dropFirst(epoch.count), radix: 36)
        else { return nil }
        let now = NIODeadline.now()
        return state.withLockedValue { state in
            forgetOld(&state, now)
            guard seen >= state.first, seen - state.first < state.entries.count else { return nil }
            guard let (session, since) = state.sessions.removeValue(forKey: pid),
                now - since <= configuration.maxDisconnection
            else { return nil }
            let own = session.rooms.union([session.sid.description])
            let missed = state.entries.dropFirst(seen - state.first + 1).filter { entry in
                (entry.options.rooms.isEmpty || !entry.options.rooms.isDisjoint(with: own))
                    && entry.options.except.isDisjoint(with: own)
            }
            return RestoredSession(session: session, missed: missed.map(\.packet))
        }
    }

    private func forgetOld(_ state: inout State, _ now: NIODeadline) {
        while let oldest = state.entries.first,
            state.bytes > configuration.maxLogBytes || now - oldest.at > configuration.maxDisconnection
        {
            state.entries.removeFirst()
            state.first += 1
            state.bytes -= oldest.packet.size
        }
        guard now >= state.nextSweep else { return }
        state.nextSweep = now + .seconds(10)
        state.sessions = state.sessions.filter { now - $0.value.since <= configuration.maxDisconnection }
    }
}

extension OutgoingPacket {
    /// The bytes it holds.
    fileprivate var size: Int { attachments.reduce(text.readableBytes) { $0 + $1.readableBytes } }
}
