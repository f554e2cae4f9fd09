// SPDX-License-Identifier: Apache-2.0
import NIOConcurrencyHelpers
import ParleyEngineIO
import Testing

@testable import ParleySignaling

@Suite("The journal")
struct JournalTests {
    private func fact(_ number: Int) -> Fact {
        Fact(at: Int64(number), kind: .roomCreated, room: RoomName("r\(number)"), peer: nil, data: [:])
    }

    @Test("A follower gets what comes after it began, in order, and is told once")
    func following() {
        let journal = Journal()
        let told = NIOLockedValueBox(0)
        journal.record(fact(1))
        let id = journal.follow { told.withLockedValue { $0 += 1 } }
        #expect(told.withLockedValue { $0 } == 0)
        journal.record(fact(2))
        journal.record(fact(3))
        #expect(told.withLockedValue { $0 } == 1)
        #expect(journal.take(id, limit: 1).facts.map(\.cursor) == [2])
        journal.record(fact(4))
        #expect(told.withLockedValue { $0 } == 1)
        #expect(journal.take(id, limit: 9).facts.map(\.at) == [3, 4])
        #expect(journal.take(id, limit: 9).facts.isEmpty)
        journal.record(fact(5))
        #expect(told.withLockedValue { $0 } == 2)
        journal.unfollow(id)
        #expect(journal.take(id, limit: 9).facts.isEmpty)
    }

    @Test("What is forgotten is counted, and the rest comes")
    func losing() {
        let journal = Journal(capacity: 3)
        for number in 1...10 { journal.record(fact(number)) }
        let id = journal.follow(after: 2) {}
        let (facts, lost) = journal.take(id, limit: 2)
        #expect(lost == 5)
        #expect(facts.map(\.cursor) == [8, 9])
        for number in 11...20 { journal.record(fact(number)) }
        let next = journal.take(id, limit: 9)
        #expect(next.lost == 8)
        #expect(next.facts.map(\.cursor) == [18, 19, 20])
    }

    @Test("A place that is still to come is the present one")
    func fromTheFuture() {
        let journal = Journal()
        journal.record(fact(1))
        let id = journal.follow(after: .max) {}
        #expect(journal.take(id, limit: 9).lost == 0)
        journal.record(fact(2))
        #expect(journal.take(id, limit: 9).facts.map(\.cursor) == [2])
    }
}
