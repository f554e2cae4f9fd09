// SPDX-License-Identifier: Apache-2.0
internal import CParleyEpoll
package import NIOCore
internal import Synchronization

extension EpollLoop {
    /// What the loop's thread does.
    func run() {
        thread.store(Self.currentThread, ordering: .relaxed)
        withUnsafeTemporaryAllocation(of: epoll_event.self, capacity: Self.maxEvents) { events in
            while !isEnding {
                runJobs()
                for hook in hooks { hook() }
                wait(events)
            }
        }
        end()
        let callbacks = remote.withLockedValue { $0.whenClosed.take() }
        thread.store(0, ordering: .releasing)
        for callback in callbacks { callback() }
    }

    private func wait(_ events: UnsafeMutableBufferPointer<epoll_event>) {
        let timeout = isEnding || !jobs.isEmpty ? 0 : timeout
        let count = timeout != 0 && busyPoll.isPossible ? pollThenSleep(events) : sleep(events, timeout)
        busyPoll.turnBegins(sources: count)
        turnStart = nil
        guard count > 0 else { return }
        for index in 0..<Int(count) {
            // What other loops handed over before a client sent these bytes comes before them.
            if hasRemote.load(ordering: .acquiring) { runJobs() }
            sources.source(events[index].data.u64)?.ready(events[index].events)
        }
    }

    /// Waits for sources, for that many milliseconds at most, or for ever if they are negative.
    private func sleep(_ events: UnsafeMutableBufferPointer<epoll_event>, _ milliseconds: CInt) -> CInt {
        guard milliseconds != 0 else { return poll(events, 0) }
        isAsleep.store(true, ordering: .sequentiallyConsistent)
        let count = poll(events, hasRemote.load(ordering: .sequentiallyConsistent) ? 0 : milliseconds)
        isAsleep.store(false, ordering: .relaxed)
        return count
    }

    private func poll(_ events: UnsafeMutableBufferPointer<epoll_event>, _ milliseconds: CInt) -> CInt {
        epoll_wait(epoll, events.baseAddress, CInt(events.count), milliseconds)
    }

    /// Waits for sources, and does not fall asleep at once if it is likely that something comes soon.
    private func pollThenSleep(_ events: UnsafeMutableBufferPointer<epoll_event>) -> CInt {
        let begin = NIODeadline.now()
        var now = begin
        var count: CInt = 0
        if let end = busyPoll.end(from: begin) {
            let end = min(end, timers.next ?? end)
            repeat {
                count = poll(events, 0)
                now = .now()
            } while count == 0 && now < end && !hasRemote.load(ordering: .relaxed)
        }
        if count == 0 {
            count = sleep(events, timeout)
            now = .now()
        }
        busyPoll.waited(now - begin)
        return count
    }

    /// Milliseconds until the next timer, rounded up so that it is due by then.
    private var timeout: CInt {
        guard let next = timers.next else { return -1 }
        let nanoseconds = (next - .now()).nanoseconds
        guard nanoseconds > 0 else { return 0 }
        return CInt(clamping: (nanoseconds - 1) / 1_000_000 + 1)
    }

    /// Called by whoever has made the first remote job.
    func wake() {
        guard isAsleep.exchange(false, ordering: .sequentiallyConsistent) else { return }
        var one: UInt64 = 1
        _ = write(wakeUp, &one, 8)
    }

    /// The time, read once a turn: near enough for whatever is measured in milliseconds. On the loop.
    package var turnTime: NIODeadline {
        if let turnStart { return turnStart }
        let now = NIODeadline.now()
        turnStart = now
        return now
    }
}

extension Array {
    /// The elements, leaving none.
    fileprivate mutating func take() -> [Element] {
        defer { self = [] }
        return self
    }
}
