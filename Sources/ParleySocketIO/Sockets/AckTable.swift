// SPDX-License-Identifier: Apache-2.0
internal import DequeModule
internal import NIOCore

/// What comes of a request for an ack.
package enum AckOutcome: Sendable {
    case answered([JSON])
    case timedOut
    /// The socket was disconnected first.
    case disconnected
}

/// Someone who waits for acks and has no need of a closure for each. On the socket's loop.
package protocol AckReceiver: AnyObject {
    /// The client answered the request that was given this token, with this JSON array, alive until the method returns.
    /// False when it is none, upon which the connection is closed.
    func acknowledged(_ token: Int, payload: UnsafeRawBufferPointer) -> Bool
}

/// The acks that a socket is expected to send, by their ids. Ids count up, so that the table is a window over them.
struct AckTable {
    enum Waiting {
        case receiver(any AckReceiver, token: Int)
        case closure(@Sendable (AckOutcome) -> Void, timeout: Scheduled<Void>?)
        /// Answered or given up, behind one that is not.
        case done
    }

    private var window: Deque<Waiting> = []
    private var first = 0

    /// Opens a request and returns its id.
    mutating func open(_ waiting: Waiting) -> Int {
        window.append(waiting)
        return first + window.count - 1
    }

    /// Takes a request out; nil when the id was never given or is answered already.
    mutating func take(_ id: Int) -> Waiting? {
        guard id >= first, id - first < window.count else { return nil }
        let waiting = window[id - first]
        window[id - first] = .done
        while case .done? = window.first {
            window.removeFirst()
            first += 1
        }
        if case .done = waiting { return nil }
        return waiting
    }

    /// Takes all of them out.
    mutating func takeAll() -> [Waiting] {
        guard !window.isEmpty else { return [] }
        defer {
            first += window.count
            window = []
        }
        return Array(window)
    }
}
