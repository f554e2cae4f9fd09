// SPDX-License-Identifier: Apache-2.0
import ParleyEngineIO
import Testing

@testable import ParleySignaling

@Suite struct PacketTests {
    @Test(arguments: [0, 1, 9, 10, 99, 100, 12_345, Int.max])
    func numbersAreWrittenInDecimal(_ number: Int) {
        let space = PacketSpace()
        space.write(bound: 20) { $0.write(number) }
        #expect(String(decoding: space.bytes, as: UTF8.self) == String(number))
    }

    @Test func aPacketTakesThePlaceOfTheOneBefore() {
        let space = PacketSpace()
        space.write(bound: 9_000) { $0.write(text: String(repeating: "x", count: 9_000)) }
        #expect(space.bytes.count == 9_000)
        for text in ["first", "2"] as [StaticString] { space.write(bound: 8) { $0.write(text) } }
        #expect(String(decoding: space.bytes, as: UTF8.self) == "2")
    }

    @Test func everyKindIsKnownByItsNameAndNothingElseIs() {
        for kind in SignalKind.allCases {
            let name = Array("\(kind.name)".utf8)
            #expect(name.withUnsafeBytes { SignalKind(name: $0) } == (kind == .moderated ? nil : kind))
            for index in name.indices {
                var other = name
                other[index] ^= 1
                #expect(other.withUnsafeBytes { SignalKind(name: $0) } == nil)
            }
        }
        #expect(SignalKind(name: UnsafeRawBufferPointer(start: nil, count: 0)) == nil)
    }
}
