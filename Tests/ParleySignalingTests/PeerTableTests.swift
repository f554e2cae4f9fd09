// SPDX-License-Identifier: Apache-2.0
import ParleyEngineIO
import ParleyTestSupport
import Testing

@testable import ParleySignaling

@Suite struct PeerTableTests {
    private final class Thing {}

    /// Against a dictionary, through random use, with ids that collide.
    @Test(arguments: [1, 7, 0xFFFF, UInt64.max]) func itAgreesWithADictionary(_ mask: UInt64) {
        var random = SeededGenerator(seed: mask)
        var table = PeerTable<Thing>()
        var plain: [SessionID: Thing] = [:]
        var known: [SessionID] = []
        for _ in 0..<4000 {
            let isNew = known.isEmpty || Int.random(in: 0..<3, using: &random) == 0
            let id =
                isNew
                ? SessionID(loop: 0, high: random.next(), low: random.next() & mask)
                : known.randomElement(using: &random)!
            if isNew { known.append(id) }
            let thing = Bool.random(using: &random) ? Thing() : nil
            table[id] = thing
            plain[id] = thing
            #expect(table.count == plain.count)
            let asked = known.randomElement(using: &random)!
            #expect(table[asked] === plain[asked])
        }
        #expect(known.allSatisfy { table[$0] === plain[$0] })
        #expect(Set(table.all.map(ObjectIdentifier.init)) == Set(plain.values.map(ObjectIdentifier.init)))
        let steps = stride(from: 0, to: table.places + 100, by: 100).flatMap { table.values(at: $0..<$0 + 100) }
        #expect(steps.count == plain.count && Set(steps.map(ObjectIdentifier.init)).count == plain.count)
    }

    @Test func nothingIsFoundUnderAnInventedID() {
        var table = PeerTable<Thing>()
        table[SessionID(loop: 0)] = Thing()
        #expect(table[SessionID("AAAAAAAAAAAAAAAAAAAA")!] == nil)
        table[SessionID("AAAAAAAAAAAAAAAAAAAA")!] = Thing()
        #expect(table.count == 1)
    }
}
