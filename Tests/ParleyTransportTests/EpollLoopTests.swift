// SPDX-License-Identifier: Apache-2.0
import Dispatch
import NIOConcurrencyHelpers
import NIOCore
import Testing

@testable import ParleyTransport

@Suite struct EpollLoopTests {
    private final class Log: Sendable {
        private let box = NIOLockedValueBox<[Int]>([])
        var entries: [Int] { box.withLockedValue { $0 } }
        func add(_ entry: Int) { box.withLockedValue { $0.append(entry) } }
    }

    private static func withLoop(_ body: (EpollLoop) async throws -> Void) async throws {
        let group = EpollLoopGroup(threads: 1)
        try await body(group.loops[0])
        try await group.shutdownGracefully()
    }

    @Test func tasksRunInTheirOrderAndThoseTheyAddBehindThem() async throws {
        try await Self.withLoop { loop in
            let log = Log()
            try await loop.submit {
                for number in 0..<3 {
                    loop.execute {
                        log.add(number)
                        loop.execute { log.add(number + 10) }
                    }
                }
                log.add(-1)
            }.get()
            try await loop.submit {}.get()
            try await loop.submit {}.get()
            #expect(log.entries == [-1, 0, 1, 2, 10, 11, 12])
        }
    }

    @Test func everyTaskOfEveryThreadRuns() async throws {
        try await Self.withLoop { loop in
            let log = Log()
            await withTaskGroup(of: Void.self) { group in
                for thread in 0..<4 {
                    group.addTask {
                        for number in 0..<5000 {
                            loop.execute { log.add(thread * 10_000 + number) }
                            // Lets the loop fall asleep now and then.
                            if number % 500 == 0 { try? await Task.sleep(for: .milliseconds(1)) }
                        }
                    }
                }
            }
            try await loop.submit {}.get()
            for thread in 0..<4 {
                let own = log.entries.filter { $0 / 10_000 == thread }
                #expect(own == (0..<5000).map { thread * 10_000 + $0 })
            }
        }
    }

    @Test func aLoopKnowsItsOwnThread() async throws {
        let group = EpollLoopGroup(threads: 2)
        let (first, second) = (group.loops[0], group.loops[1])
        #expect(!first.inEventLoop)
        #expect(try await first.submit { first.inEventLoop && !second.inEventLoop }.get())
        #expect(try await second.submit { group.any() === second }.get())
        #expect(group.next() !== group.next())
        try await group.shutdownGracefully()
    }

    private actor OnLoop {
        private let loop: EpollLoop
        nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }
        init(_ loop: EpollLoop) { self.loop = loop }
        var isOnLoop: Bool { loop.inEventLoop }
    }

    @Test func actorsRunOnTheLoop() async throws {
        try await Self.withLoop { loop in
            let actor = OnLoop(loop)
            #expect(await actor.isOnLoop)
            try await loop.submit { actor.assumeIsolated { _ in } }.get()
        }
    }

    @Test func timersPassInTheOrderOfTheirDeadlines() async throws {
        try await Self.withLoop { loop in
            let log = Log()
            let now = NIODeadline.now()
            let last = loop.scheduleTask(deadline: now + .milliseconds(30)) { log.add(30) }
            loop.scheduleTask(deadline: now + .milliseconds(10)) { log.add(10) }
            loop.scheduleTask(deadline: now + .milliseconds(20)) { log.add(20) }
            loop.scheduleTask(deadline: now + .milliseconds(20)) { log.add(21) }
            loop.scheduleTask(deadline: now - .milliseconds(1)) { log.add(0) }
            try await last.futureResult.get()
            #expect(NIODeadline.now() >= now + .milliseconds(30))
            #expect(log.entries == [0, 10, 20, 21, 30])
        }
    }

    @Test func aTaskScheduledForNowNeedNotWaitForTheNextMillisecond() async throws {
        try await Self.withLoop { loop in
            let log = Log()
            @Sendable func chain(_ left: Int) -> EventLoopFuture<Void> {
                let timer = loop.scheduleTask(in: .zero) {}.futureResult
                return left == 0 ? timer : timer.flatMap { chain(left - 1) }
            }
            try await loop.flatSubmit {
                loop.atEndOfTurn { log.add(0) }
                return chain(500)
            }.get()
            #expect(log.entries.count < 10, "all in one turn")
        }
    }

    @Test func aCancelledTimerDoesNotPassAndIsForgotten() async throws {
        try await Self.withLoop { loop in
            let log = Log()
            let cancelled = loop.scheduleTask(in: .milliseconds(5)) { log.add(1) }
            cancelled.cancel()
            await #expect(throws: EventLoopError.self) { try await cancelled.futureResult.get() }
            try await loop.submit {
                for _ in 0..<10_000 { loop.scheduleTask(in: .hours(1)) {}.cancel() }
                #expect(loop.timers.count < 200)
            }.get()
            try await loop.scheduleTask(in: .milliseconds(10)) { log.add(2) }.futureResult.get()
            #expect(log.entries == [2])
        }
    }

    @Test func theHookRunsAfterTheTasksOfATurn() async throws {
        try await Self.withLoop { loop in
            let log = Log()
            try await loop.submit {
                loop.atEndOfTurn { if log.entries.last != 99 { log.add(99) } }
                log.add(0)
                loop.execute {
                    log.add(1)
                    loop.execute { log.add(2) }
                }
            }.get()
            try await loop.submit { log.add(3) }.get()
            try await loop.submit { log.add(4) }.get()
            #expect(log.entries == [0, 1, 2, 99, 3, 99, 4] || log.entries == [0, 1, 2, 99, 3, 99, 4, 99])
        }
    }

    @Test func tasksThatGoOnForEverDoNotStopTimers() async throws {
        try await Self.withLoop { loop in
            let isOver = NIOLockedValueBox(false)
            @Sendable func again() { if !isOver.withLockedValue({ $0 }) { loop.execute { again() } } }
            loop.execute { again() }
            try await loop.scheduleTask(in: .milliseconds(5)) { isOver.withLockedValue { $0 = true } }.futureResult
                .get()
        }
    }

    @Test func whatWaitsWhenTheLoopEndsIsToldSo() async throws {
        let group = EpollLoopGroup(threads: 1)
        let loop = group.loops[0]
        let timer = loop.scheduleTask(in: .hours(1)) {}
        let ran = loop.submit { true }
        try await group.shutdownGracefully()
        #expect(try await ran.get())
        await #expect(throws: EventLoopError.self) { try await timer.futureResult.get() }
        #expect(try await loop.submit { loop.inEventLoop }.get(), "nobody waits in vain")
        await #expect(throws: EventLoopError.self) { try await loop.scheduleTask(in: .hours(1)) {}.futureResult.get() }
        try await group.shutdownGracefully()
    }
}
