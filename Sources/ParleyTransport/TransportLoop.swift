// SPDX-License-Identifier: Apache-2.0
package import NIOCore
package import ParleyEngineIO

/// All that lives on one event loop: its sessions, deadlines and the writers with something to flush.
/// Confined to that loop.
package final class TransportLoop {
    package let eventLoop: any EventLoop
    /// The place of this loop in the server's list; part of every id made here.
    package let index: Int
    let configuration: TransportConfiguration
    /// The packet that opens a session over a WebSocket, less its type, with room for an id.
    private let openText: UnsafeMutableRawBufferPointer
    private static let openHead: StaticString = "{\"sid\":\""
    /// Sessions that can be found by their id.
    package internal(set) var sessions: [SessionID: Session] = [:]
    package internal(set) var counts = SessionCounts()

    /// What the layer above keeps on this loop.
    package var above: AnyObject?

    let pingInterval: DeadlineQueue
    let pingTimeout: DeadlineQueue
    let upgradeTimeout: DeadlineQueue
    /// Poll answers that carry a close wait this long for the next poll.
    let closeTimeout: DeadlineQueue
    /// Closed connections are given this long to read what was written.
    let lingerTimeout: DeadlineQueue
    let requestTimeout: DeadlineQueue
    let idleTimeout: DeadlineQueue

    private var ids: SessionIDSource
    private var unflushed: [any TurnWriter] = []
    /// Whether the loop itself says when a turn ends.
    private var hasHook = false
    private var spareBuffers: [UnsafeMutableRawBufferPointer] = []
    private var spareBytes = 0
    /// Enough for what a turn sends to many rooms: with room for 64 buffers the user time of a delivery was a tenth more.
    private static let maxSpareBytes = 4 * 1024 * 1024

    package init(eventLoop: any EventLoop, index: Int, configuration: TransportConfiguration) {
        self.eventLoop = eventLoop
        self.index = index
        ids = SessionIDSource(loop: index)
        self.configuration = configuration
        let text = [UInt8](
            "\(Self.openHead)\(SessionID.none)\(configuration.engine.openTail(onPolling: false))".utf8)
        openText = .allocate(byteCount: text.count, alignment: 1)
        openText.copyBytes(from: text)
        pingInterval = DeadlineQueue(after: configuration.engine.pingInterval, on: eventLoop)
        pingTimeout = DeadlineQueue(after: configuration.engine.pingTimeout, on: eventLoop)
        upgradeTimeout = DeadlineQueue(after: configuration.engine.upgradeTimeout, on: eventLoop)
        closeTimeout = DeadlineQueue(after: .seconds(30), on: eventLoop)
        lingerTimeout = DeadlineQueue(after: .seconds(2), on: eventLoop)
        requestTimeout = DeadlineQueue(after: configuration.requestTimeout, on: eventLoop)
        idleTimeout = DeadlineQueue(after: configuration.idleTimeout, on: eventLoop)
        guard let loop = eventLoop as? EpollLoop else { return }
        hasHook = true
        loop.atEndOfTurn { [weak self] in self?.flushAll() }
    }

    deinit {
        openText.deallocate()
        for space in spareBuffers { space.deallocate() }
    }

    /// The packet that opens a session over a WebSocket, less its type. Good until the next one.
    func openText(for id: SessionID) -> UnsafeRawBufferPointer {
        id.write(into: UnsafeMutableRawBufferPointer(rebasing: openText[Self.openHead.utf8CodeUnitCount...]))
        return UnsafeRawBufferPointer(openText)
    }

    /// Counts who was refused for what, on all loops.
    package var refusals: RefusalCounts { configuration.refusals }

    /// A new id that belongs to this loop.
    package func newID() -> SessionID { ids.next() }

    /// Remembers a writer until the end of this turn of the loop, when all of them flush: what several connections cause
    /// one connection to send in a turn leaves in one system call.
    package func flushAtEndOfTurn(_ writer: any TurnWriter) {
        unflushed.append(writer)
        if unflushed.count == 1, !hasHook {
            eventLoop.assumeIsolated().execute { self.flushAll() }
        }
    }

    private func flushAll() {
        guard !unflushed.isEmpty else { return }
        // A flush may fail, close its connection and so cause further writes, which join the end of the list.
        while let writer = unflushed.popLast() { writer.flush() }
        if unflushed.capacity > 4096 { unflushed = [] }
    }

    /// An empty buffer, used before when possible.
    func takeBuffer() -> OutputBuffer {
        guard let space = spareBuffers.popLast() else { return OutputBuffer() }
        spareBytes -= space.count
        return OutputBuffer(in: space)
    }

    /// Keeps a written buffer for the next writer.
    func giveBack(_ buffer: consuming OutputBuffer) {
        guard buffer.capacity <= 64 * 1024, spareBytes + buffer.capacity <= Self.maxSpareBytes else { return }
        spareBytes += buffer.capacity
        spareBuffers.append(buffer.giveUp())
    }
}
