// SPDX-License-Identifier: Apache-2.0
import NIOCore
import Testing

@testable import ParleyTransport

@Suite struct BusyPollTests {
    private let span = TimeAmount.microseconds(50)

    @Test func asksWhileWaitsAreShort() {
        var poll = BusyPoll(span)
        #expect(poll.end(from: .now()) == nil)
        for _ in 0..<8 { poll.waited(.microseconds(20)) }
        #expect(poll.end(from: .uptimeNanoseconds(7)) == .uptimeNanoseconds(50_007))
    }

    @Test func everySecondShortWaitIsEnough() {
        var poll = BusyPoll(span)
        for _ in 0..<100 {
            poll.waited(.microseconds(20))
            poll.waited(.milliseconds(1))
        }
        #expect(poll.end(from: .now()) != nil)
    }

    @Test func sleepsWhereOneInFourIsShort() {
        var poll = BusyPoll(span)
        for _ in 0..<8 { poll.waited(.microseconds(20)) }
        for _ in 0..<100 {
            poll.waited(.microseconds(20))
            for _ in 0..<3 { poll.waited(.milliseconds(1)) }
        }
        #expect(poll.end(from: .now()) == nil)
    }

    @Test func aWaitThatSleptMayTakeTwiceAsLong() {
        var poll = BusyPoll(span)
        for _ in 0..<4 { poll.waited(.microseconds(90)) }
        #expect(poll.end(from: .now()) != nil)
        for _ in 0..<4 { poll.waited(.microseconds(90)) }
        #expect(poll.end(from: .now()) == nil)
    }

    @Test func onlyTurnsWithOneSourceAreFollowedByIt() {
        var poll = BusyPoll(span)
        #expect(!poll.isPossible)
        poll.turnBegins(sources: 1)
        #expect(poll.isPossible)
        poll.turnBegins(sources: 2)
        #expect(!poll.isPossible)
        var never = BusyPoll(.zero)
        never.turnBegins(sources: 1)
        #expect(!never.isPossible)
    }
}
