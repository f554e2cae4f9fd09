// SPDX-License-Identifier: Apache-2.0
import NIOCore
import Testing

@testable import ParleySignaling

@Suite struct PacketTests {
    @Test(arguments: [0, 1, 9, 10, 99, 100, 12_345, Int.max])
    func numbersAreWrittenInDecimal(_ number: Int) {
        var buffer = ByteBuffer()
        buffer.writePacket(bound: 20) { $0.write(number) }
        #expect(String(buffer: buffer) == String(number))
    }

    @Test func aPacketTakesThePlaceOfTheOneBefore() {
        var buffer = ByteBuffer()
        for text in ["first", "2"] as [StaticString] { buffer.writePacket(bound: 8) { $0.write(text) } }
        #expect(String(buffer: buffer) == "2")
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
