// SPDX-License-Identifier: Apache-2.0
import ParleyJSON
import ParleyTestSupport
import Testing

@Suite struct UTF8CheckTests {
    /// Whether the check and the standard library agree.
    private func agree(_ bytes: [UInt8]) -> Bool {
        let expected = String(validating: bytes, as: UTF8.self) != nil
        return withBytes(bytes) { UTF8Check.isValid($0) } == expected
    }

    /// Both sides of each boundary that table 3-7 of the Unicode standard knows.
    private static let classes: [UInt8] = [
        0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xEC, 0xED, 0xEE,
        0xEF, 0xF0,
        0xF1, 0xF3, 0xF4, 0xF5, 0xF7, 0xF8, 0xFE, 0xFF,
    ]

    @Test func allSequencesOfOneAndTwoBytesAreJudgedRight() {
        #expect(agree([]))
        for first in UInt8.min...UInt8.max {
            #expect(agree([first]))
            let wrong = (UInt8.min...UInt8.max).filter { !agree([first, $0]) }
            #expect(wrong.isEmpty, "\(first)")
        }
    }

    @Test func aByteBeyondASCIIIsSeenAtEveryPlaceOfEveryLength() {
        for length in 0...200 {
            var bytes = [UInt8](repeating: 0x61, count: length)
            #expect(agree(bytes), "\(length)")
            for place in 0..<length {
                bytes[place] = 0x80
                #expect(!withBytes(bytes) { UTF8Check.isValid($0) }, "\(length) \(place)")
                bytes[place] = 0x61
            }
        }
    }

    @Test func threeAndFourBytesOfEachClassAreJudgedRight() {
        for first in UInt8.min...UInt8.max {
            for second in Self.classes {
                let wrong = Self.classes.filter { !agree([first, second, $0]) }
                #expect(wrong.isEmpty, "\(first) \(second)")
            }
        }
        for first in Self.classes where first >= 0xE0 {
            for second in Self.classes {
                for third in Self.classes {
                    let wrong = Self.classes.filter { !agree([first, second, third, $0]) }
                    #expect(wrong.isEmpty, "\(first) \(second) \(third)")
                }
            }
        }
    }

    @Test func aFaultIsFoundAtEveryPlaceOfALongText() {
        let faults: [[UInt8]] = [
            [0x80], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xE2, 0x82], [0xFF],
        ]
        for length in 0...100 {
            let plain = [UInt8](repeating: 0x61, count: length)
            let euro: [UInt8] = [0xE2, 0x82, 0xAC]
            #expect(agree(plain) && agree(plain + euro + plain) && agree(euro + plain + euro))
            for fault in faults {
                #expect(
                    agree(plain + fault) && agree(plain + fault + plain) && agree(fault + plain), "\(length) \(fault)")
            }
        }
    }

    @Test func randomTextsAndRandomBytesAreJudgedRight() {
        let seed: UInt64 = 0x5EED_0003
        print("UTF8CheckTests seed \(seed), \(fuzzRounds / 4) texts")
        var generator = SeededGenerator(seed: seed)
        var valid = 0
        for round in 0..<fuzzRounds / 4 {
            var bytes: [UInt8] = []
            for _ in 0..<Int.random(in: 0...40, using: &generator) {
                let limit: UInt32 = Bool.random(using: &generator) ? 0x7F : 0x10FFFF
                let scalar = Unicode.Scalar(UInt32.random(in: 0...limit, using: &generator)) ?? "a"
                bytes += Array(String(scalar).utf8)
            }
            if !bytes.isEmpty, Bool.random(using: &generator) {
                let place = Int.random(in: 0..<bytes.count, using: &generator)
                bytes[place] = Self.classes.randomElement(using: &generator) ?? 0xFF
            }
            valid += withBytes(bytes) { UTF8Check.isValid($0) } ? 1 : 0
            guard agree(bytes) else {
                Issue.record("round \(round): \(bytes)")
                return
            }
        }
        #expect(valid > fuzzRounds / 16 && valid < fuzzRounds / 4)
    }
}
