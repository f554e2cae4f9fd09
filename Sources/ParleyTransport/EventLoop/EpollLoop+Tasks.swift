// SPDX-License-Identifier: Apache-2.0
internal import CParleyEpoll
internal import DequeModule
package import Dispatch
internal import NIOConcurrencyHelpers
package import NIOCore
internal import Synchronization

extension EpollLoop {
    package var inEventLoop: Bool { thread.load(ordering: .relaxed) == Self.currentThread }

    // MARK: Tasks

    package func execute(_ task: @escaping @Sendable () -> Void) { add(.task(task)) }

    package func _executeIsolatedUnsafeUnchecked(_ task: @escaping () -> Void) {
        assertInEventLoop()
        jobs.append(.task(task))
    }

    package func enqueue(_ job: consuming ExecutorJob) { add(.job(UnownedJob(job))) }

    package func asUnownedSerialExecutor() -> UnownedSerialExecutor { UnownedSerialExecutor(ordinary: self) }

    private func add(_ job: Job) {
        if inEventLoop { return jobs.append(job) }
        let isAdded = remote.withLockedValue { remote in
            guard !remote.isClosed else { return false }
            remote.jobs.append(job)
            hasRemote.store(true, ordering: .sequentiallyConsistent)
            return true
        }
        if isAdded { wake() } else { runAfterEnd(job) }
    }

    /// Someone may wait for what the job completes, so it runs though the loop's thread is gone: one after the other, on
    /// a queue that stands for the thread meanwhile.
    private func runAfterEnd(_ job: Job) {
        afterlife.async { [self] in
            while thread.load(ordering: .acquiring) != 0 { usleep(100) }  // about to end
            thread.store(Self.currentThread, ordering: .relaxed)
            jobs.append(job)
            while !jobs.isEmpty {
                runJobs()
                for ended in timers.end() { ended() }
            }
            thread.store(0, ordering: .releasing)
        }
    }

    /// Runs what is queued, what that queues, and the timers that are due, up to a bound.
    func runJobs() {
        let executor = asUnownedSerialExecutor()
        for _ in 0..<Self.maxTasksPerTurn {
            if hasRemote.load(ordering: .relaxed) { takeRemote() }
            guard let job = jobs.popFirst() ?? dueTimer else { return }
            switch job {
            case .task(let task): task()
            case .job(let job): job.runSynchronously(on: executor)
            }
        }
        // Under this much work timers take their place in the queue.
        while let timer = dueTimer { jobs.append(timer) }
    }

    private var dueTimer: Job? {
        guard timers.count > 0 else { return nil }
        return timers.popDue(at: .now()).map(Job.task)
    }

    private func takeRemote() {
        let taken = remote.withLockedValue { remote in
            hasRemote.store(false, ordering: .relaxed)
            defer { remote.jobs = [] }
            return remote.jobs
        }
        jobs.append(contentsOf: taken)
    }

    // MARK: Timers

    @discardableResult
    package func scheduleTask<T>(
        deadline: NIODeadline, _ task: @escaping @Sendable () throws -> T
    ) -> Scheduled<T> { schedule(deadline, task) }

    @discardableResult
    package func scheduleTask<T>(in delay: TimeAmount, _ task: @escaping @Sendable () throws -> T) -> Scheduled<T> {
        schedule(.now() + delay, task)
    }

    @discardableResult
    package func _scheduleTaskIsolatedUnsafeUnchecked<T>(
        deadline: NIODeadline, _ task: @escaping () throws -> T
    ) -> Scheduled<T> { schedule(deadline, task) }

    @discardableResult
    package func _scheduleTaskIsolatedUnsafeUnchecked<T>(
        in delay: TimeAmount, _ task: @escaping () throws -> T
    ) -> Scheduled<T> { schedule(.now() + delay, task) }

    private func schedule<T>(_ deadline: NIODeadline, _ task: @escaping () throws -> T) -> Scheduled<T> {
        let promise = makePromise(of: T.self)
        let timer = LoopTimer(deadline, ended: { promise.fail(EventLoopError.cancelled) }) {
            do { promise.assumeIsolatedUnsafeUnchecked().succeed(try task()) } catch { promise.fail(error) }
        }
        if inEventLoop { timers.arm(timer) } else { add(.task { self.timers.arm(timer) }) }
        return Scheduled(promise: promise) { [weak self] in self?.cancel(timer) }
    }

    private func cancel(_ timer: LoopTimer) {
        if inEventLoop { timers.cancel(timer) } else { execute { self.timers.cancel(timer) } }
    }

    // MARK: The end

    /// Ends the loop: closes its connections, cancels timers, runs what is queued and then calls back.
    package func shutdownGracefully(queue: DispatchQueue, _ callback: @escaping @Sendable ((any Error)?) -> Void) {
        let isLate = remote.withLockedValue { remote in
            if remote.isClosed { return true }
            remote.whenClosed.append { queue.async { callback(nil) } }
            return false
        }
        if isLate { return queue.async { callback(nil) } }
        execute { self.isEnding = true }
    }
}
