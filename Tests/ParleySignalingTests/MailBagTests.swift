// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import ParleySignaling

@Suite struct MailBagTests {
    @Test func aBagHoldsTheMembersOfItsSignalsAndCanBeUsedAgain() {
        let bag = MailBag()
        for round in 0..<3 {
            let texts = (0..<50).map { "\"sdp\":\"\(String(repeating: "\(round)", count: $0 * 40))\"" }
            let places = texts.map { text in
                Array(text.utf8).withUnsafeBytes { bag.keep(SignalMembers(joined: $0)) }
            }
            for (text, place) in zip(texts, places) {
                let isSame = bag.members(at: place).kept.withUnsafeBytes { $0.elementsEqual(text.utf8) }
                #expect(isSame)
            }
            let capacity = bag.capacity
            bag.empty()
            #expect(bag.capacity == capacity, "its memory is for the next turn")
        }
    }
}
