// SPDX-License-Identifier: Apache-2.0
import NIOCore
import ParleyJSON
import Testing

@testable import ParleySignaling

@Suite struct MidMemoryTests {
    private var memory = MidMemory()
    private let now = NIODeadline.uptimeNanoseconds(0)

    @Test mutating func aSecondSignalWaitsForTheOutcomeOfTheFirst() {
        #expect(memory.received("m", ackID: 1, at: now) == .new)
        #expect(memory.received("m", ackID: 2, at: now) == .repeated(nil))
        #expect(memory.awaits(1) && !memory.awaits(2))
        let (repetitions, answer) = memory.answered(1, ["ok": true])
        #expect(repetitions == [2] && answer == ["ok": true, "duplicate": true])
        #expect(memory.received("m", ackID: 3, at: now) == .repeated(["ok": true, "duplicate": true]))
        #expect(memory.answered(1, ["ok": false]).repetitions.isEmpty, "it is answered once")
    }

    @Test mutating func aRefusedSignalMayBeSentAgain() {
        _ = memory.received("m", ackID: 1, at: now)
        _ = memory.received("m", ackID: 2, at: now)
        #expect(memory.refused(1) == [2])
        #expect(memory.received("m", ackID: 3, at: now) == .new)
    }

    @Test mutating func laterNewsTakeThePlaceOfTheFirstOutcome() {
        _ = memory.received("m", ackID: 1, at: now)
        _ = memory.answered(1, ["status": "queued", "to": "x"])
        memory.settled("m", ["status": "delivered"])
        memory.settled("unknown", ["status": "delivered"])
        #expect(memory.received("m", ackID: 2, at: now) == .repeated(["status": "delivered", "duplicate": true]))
        _ = memory.received("room", ackID: 3, at: now)
        _ = memory.answered(3, ["status": "partial"])
        memory.settled("room", ["status": "delivered"])
        #expect(memory.received("room", ackID: 4, at: now) == .repeated(["status": "partial", "duplicate": true]))
    }

    @Test mutating func afterTwoMinutesANameIsFree() {
        _ = memory.received("m", ackID: nil, at: now)
        #expect(memory.received("m", ackID: nil, at: now + .seconds(120)) != .new)
        #expect(memory.received("m", ackID: nil, at: now + .seconds(121)) == .new)
    }

    @Test mutating func itsSizeIsBounded() {
        for number in 0...MidMemory.maxRecords { _ = memory.received("\(number)", ackID: number, at: now) }
        #expect(memory.received("0", ackID: nil, at: now) == .new, "the oldest made room")
        #expect(memory.received("\(MidMemory.maxRecords)", ackID: nil, at: now) != .new)
    }
}

@Suite struct RequestIDsTests {
    private var ids = RequestIDs()

    @Test mutating func idsThatCountOnAreAnsweredAcrossAReconnect() {
        let first = ids.tag(5)
        ids.resumed()
        let second = ids.tag(6)
        #expect(ids.wire(first) == 5 && ids.wire(second) == 6)
    }

    @Test mutating func idsThatBeginAnewLeaveNoAnswerForTheOldOnes() {
        let old = ids.tag(1)
        ids.resumed()
        let new = ids.tag(1)
        #expect(old != new)
        #expect(ids.wire(old) == nil && ids.wire(new) == 1)
        #expect(ids.wire(ids.tag(1 << 53)) == 1 << 53)
    }
}
