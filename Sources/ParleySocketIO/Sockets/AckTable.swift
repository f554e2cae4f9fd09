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

/// The acks that a socket is expected to send, by their ids. Ids count up, so that the table is a window over them; those
/// that stay open while many others are answered are set aside, which bounds the window.
struct AckTable {
    enum Waiting {
        case closure(@Sendable (AckOutcome) -> Void, timeout: Scheduled<Void>?)
        /// Answered or given up, behind one that is not.
        case done

        var isDone: Bool { if case .done = self { true } else { false } }
    }

    static let windowLimit = 1024
    /// Where the ids begin on a socket whose delegate gives out ids of its own, all of them smaller.
    static let beyondDelegate = 1 << 29

    private var window: Deque<Waiting> = []
    private var first: Int
    /// Requests older than the window.
    private var old: [Int: Waiting] = [:]

    init(first: Int = 0) { self.first = first }

    /// Opens a request and returns its id.
    mutating func open(_ waiting: Waiting) -> Int {
        if window.count == Self.windowLimit {
            old[first] = window.removeFirst()
            first += 1
            dropAnswered()
        }
        window.append(waiting)
        return first + window.count - 1
    }

    /// Takes a request out; nil when the id was never given or is answered already.
    mutating func take(_ id: Int) -> Waiting? {
        guard id >= first else { return old.removeValue(forKey: id) }
        guard id - first < window.count else { return nil }
        let waiting = window[id - first]
        window[id - first] = .done
        dropAnswered()
        return waiting.isDone ? nil : waiting
    }

    private mutating func dropAnswered() {
        while window.first?.isDone == true {
            window.removeFirst()
            first += 1
        }
    }

    /// Takes all of them out.
    mutating func takeAll() -> [Waiting] {
        guard !window.isEmpty || !old.isEmpty else { return [] }
        defer {
            first += window.count
            window = []
            old = [:]
        }
        return Array(old.values) + window
    }
}
