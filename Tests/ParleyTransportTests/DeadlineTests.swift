// SPDX-License-Identifier: Apache-2.0
import NIOCore
import NIOEmbedded
import Testing

@testable import ParleyTransport

@Suite struct DeadlineTests {
    private final class Owner: DeadlineOwner {
        let deadline = Deadline()
        var passed: [Int] = []
        var onPass: () -> Void = {}
        var clock = 0

        init() { deadline.owner = self }
        func deadlinePassed() {
            passed.append(clock)
            onPass()
        }
    }

    @Test func deadlinesPassInTheirOrderAndOnTime() {
        let loop = EmbeddedEventLoop()
        let queue = DeadlineQueue(after: .milliseconds(100), on: loop)
        let (first, second, third) = (Owner(), Owner(), Owner())
        queue.arm(first.deadline)
        loop.advanceTime(by: .milliseconds(40))
        queue.arm(second.deadline)
        queue.arm(third.deadline)
        second.deadline.disarm()
        loop.advanceTime(by: .milliseconds(59))
        #expect(first.passed.isEmpty)
        loop.advanceTime(by: .milliseconds(1))
        #expect(first.passed.count == 1 && third.passed.isEmpty)
        loop.advanceTime(by: .milliseconds(40))
        #expect(third.passed.count == 1 && second.passed.isEmpty)
    }

    @Test func armingAgainMovesADeadlineAlsoToAnotherQueue() {
        let loop = EmbeddedEventLoop()
        let short = DeadlineQueue(after: .milliseconds(10), on: loop)
        let long = DeadlineQueue(after: .milliseconds(50), on: loop)
        let owner = Owner()
        short.arm(owner.deadline)
        loop.advanceTime(by: .milliseconds(9))
        long.arm(owner.deadline)
        loop.advanceTime(by: .milliseconds(49))
        #expect(owner.passed.isEmpty)
        loop.advanceTime(by: .milliseconds(1))
        #expect(owner.passed.count == 1)
    }

    @Test func anOwnerThatGoesAwayTakesItsDeadlineAlong() {
        let loop = EmbeddedEventLoop()
        let queue = DeadlineQueue(after: .milliseconds(10), on: loop)
        let kept = Owner()
        do {
            let gone = Owner()
            queue.arm(gone.deadline)
            queue.arm(kept.deadline)
        }
        loop.advanceTime(by: .milliseconds(10))
        #expect(kept.passed.count == 1)
    }

    @Test func aDeadlineMayBeArmedAgainWhileItPasses() {
        let loop = EmbeddedEventLoop()
        let queue = DeadlineQueue(after: .milliseconds(10), on: loop)
        let owner = Owner()
        owner.onPass = { if owner.passed.count < 3 { queue.arm(owner.deadline) } }
        queue.arm(owner.deadline)
        loop.advanceTime(by: .milliseconds(100))
        #expect(owner.passed.count == 3)
        owner.onPass = {}
    }
}
