// SPDX-License-Identifier: Apache-2.0
import NIOCore
import ParleyTestSupport
import Testing

@testable import ParleySignaling

@Suite struct OutboxTests: ~Copyable {
    private var outbox = Outbox()
    private let now = NIODeadline.uptimeNanoseconds(0)

    @discardableResult
    private mutating func add(
        _ text: String, wantsAck: Bool = false, isShared: Bool = false, at time: NIODeadline? = nil
    ) -> Int {
        if isShared, !wantsAck {
            outbox.append(ByteBuffer(string: text).kept, [], at: time ?? now)
            return outbox.last
        }
        return ByteBuffer(string: text).withUnsafeReadableBytes {
            outbox.append($0, [], wantsAck: wantsAck, at: time ?? now)
        }
    }

    private mutating func replace(_ number: Int, _ text: String, wantsAck: Bool) -> Bool {
        ByteBuffer(string: text).withUnsafeReadableBytes { outbox.replace(number, $0, [], wantsAck: wantsAck) }
    }

    private var missed: [String] {
        outbox.missed.map { String(buffer: $0.packet) }
    }

    @Test mutating func whatCameAfterTheOffsetIsMissedInOrder() {
        for text in ["a", "b", "c", "d"] { add(text) }
        #expect(outbox.resume(at: 2) == true)
        #expect(missed == ["c", "d"])
        #expect(outbox.resume(at: 4) == true)
        #expect(missed.isEmpty && outbox.isEmpty)
    }

    @Test mutating func withoutAnOffsetEverythingThatIsNotKnownToHaveArrivedIsMissed() {
        add("a")
        let offer = add("b", wantsAck: true)
        add("c")
        #expect(outbox.resume(at: nil) == true)
        #expect(missed == ["a", "b", "c"])
        outbox.acknowledged(offer)
        #expect(missed == ["c"], "an ack proves that what came before has arrived")
    }

    @Test mutating func anEventWithAnAckIsMissedUntilItIsAckedWhateverTheOffset() {
        add("a", wantsAck: true)
        add("b")
        #expect(outbox.resume(at: 2) == true)
        #expect(missed == ["a"])
        outbox.forget(1)
        #expect(missed.isEmpty && outbox.isEmpty)
    }

    @Test mutating func anOffsetFromElsewhereIsRefused() {
        add("a")
        #expect(outbox.resume(at: 2) == false)
        #expect(outbox.resume(at: -1) == true, "it only means less than is known")
    }

    @Test mutating func whoHasMissedWhatWasGivenUpCannotResume() {
        for number in 0..<Outbox.maxPackets { add("\(number)") }
        #expect(outbox.hasRoom(for: 1) == false)
        outbox.makeRoom()
        #expect(outbox.hasRoom(for: 1) == true)
        add("last")
        #expect(outbox.resume(at: 3) == false)
        #expect(outbox.resume(at: nil) == false)
        #expect(outbox.resume(at: Outbox.maxPackets) == true)
        #expect(missed == ["last"])
    }

    @Test mutating func whatWantsAnAckIsNotGivenUpForRoom() {
        add("offer", wantsAck: true)
        add("event")
        outbox.makeRoom()
        #expect(outbox.resume(at: 2) == true)
        #expect(missed == ["offer"])
    }

    @Test mutating func aReplacementTakesThePlaceOfTheOlderOne() {
        let offer = add("offer 1", wantsAck: true)
        add("candidate")
        #expect(replace(offer, "offer 2", wantsAck: true) == true)
        #expect(missed == ["offer 2", "candidate"])
        #expect(replace(offer, "offer 3", wantsAck: false) == false)
        outbox.forget(offer)
        #expect(missed == ["candidate"])
        #expect(replace(offer, "offer 4", wantsAck: true) == false)
    }

    @Test mutating func whatIsOldEnoughHasArrived() {
        add("a")
        add("b", at: now + .seconds(2))
        outbox.confirm(before: now + .seconds(1))
        #expect(outbox.resume(at: nil) == true)
        #expect(missed == ["b"])
    }

    /// Against a plain list of everything, through random use.
    @Test(arguments: 0..<20) mutating func itAgreesWithAPlainList(_ seed: Int) {
        struct Plain { var number: Int, text: String, receipt: Bool, isDone = false }
        var random = SeededGenerator(seed: UInt64(seed))
        var plain: [Plain] = []
        var confirmed = 0
        for step in 0..<400 {
            let number = Int.random(in: 1...max(1, plain.count), using: &random)
            switch Int.random(in: 0..<8, using: &random) {
            case 0...3:
                let wantsAck = Bool.random(using: &random)
                let text = String(repeating: "x", count: Int.random(in: 0..<300, using: &random)) + "\(step)"
                guard outbox.hasRoom(for: text.utf8.count) else { continue }
                let number = add(text, wantsAck: wantsAck, isShared: Bool.random(using: &random))
                plain.append(Plain(number: number, text: text, receipt: wantsAck))
            case 4 where number <= plain.count && plain[number - 1].receipt && !plain[number - 1].isDone:
                outbox.acknowledged(number)
                plain[number - 1].isDone = true
                confirmed = max(confirmed, number)
            case 5 where number <= plain.count && plain[number - 1].receipt && !plain[number - 1].isDone:
                let text = "instead \(step)"
                #expect(replace(number, text, wantsAck: true) == true)
                plain[number - 1].text = text
            case 6 where number <= plain.count:
                #expect(outbox.resume(at: number) == true)
                confirmed = max(confirmed, number)
            default: outbox.shrink()
            }
            let expected = plain.filter { !$0.isDone && ($0.receipt || $0.number > confirmed) }.map(\.text)
            #expect(missed == expected)
        }
    }
}
