// SPDX-License-Identifier: Apache-2.0
import NIOCore
import Testing

@testable import ParleyTransport

@Suite struct FrameTests {
    /// A masked frame as a client sends it.
    static func frame(_ first: UInt8, _ payload: [UInt8], length: [UInt8]? = nil) -> [UInt8] {
        let mask: [UInt8] = [0x11, 0xA2, 0x33, 0xC4]
        var bytes = [first]
        if let length {
            bytes += length
        } else if payload.count < 126 {
            bytes.append(0x80 | UInt8(payload.count))
        } else if payload.count <= 0xFFFF {
            bytes += [0x80 | 126, UInt8(payload.count >> 8), UInt8(payload.count & 0xFF)]
        } else {
            bytes.append(0x80 | 127)
            bytes += (0..<8).reversed().map { UInt8(truncatingIfNeeded: payload.count >> ($0 * 8)) }
        }
        return bytes + mask + payload.enumerated().map { $1 ^ mask[$0 & 3] }
    }

    private enum Outcome: Equatable { case header(Opcode, Bool, Int), incomplete, invalid }

    private func parse(_ bytes: [UInt8]) -> Outcome {
        bytes.withUnsafeBytes {
            switch FrameHeader.parse($0) {
            case .header(let header): .header(header.opcode, header.isFinal, header.payloadLength)
            case .incomplete: .incomplete
            case .invalid: .invalid
            }
        }
    }

    @Test(arguments: [0, 1, 7, 8, 9, 125, 126, 127, 65_535, 65_536])
    func aFrameOfAnyLengthIsReadAndUnmasked(_ count: Int) {
        let payload = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        let bytes = Self.frame(0x82, payload)
        #expect(parse(bytes) == .header(.binary, true, count))
        bytes.withUnsafeBytes { raw in
            guard case .header(let header) = FrameHeader.parse(raw) else { return }
            let target = UnsafeMutableRawBufferPointer.allocate(byteCount: max(count, 1), alignment: 8)
            defer { target.deallocate() }
            FrameHeader.unmask(UnsafeRawBufferPointer(rebasing: raw[header.length...]), mask: header.mask, into: target)
            #expect(Array(target.prefix(count)) == payload)
        }
    }

    @Test func unmaskingIsRightForEveryLengthAndAlignmentEvenInPlace() {
        let mask: UInt32 = 0xD4_83_72_61
        let text = (0..<300).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        let masked = text.enumerated().map { $1 ^ UInt8(truncatingIfNeeded: mask >> UInt32(($0 & 3) * 8)) }
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 500, alignment: 64)
        let other = UnsafeMutableRawBufferPointer.allocate(byteCount: 500, alignment: 64)
        defer {
            memory.deallocate()
            other.deallocate()
        }
        for start in 0..<17 {
            for length in 0...200 {
                let isASCII = text.prefix(length).allSatisfy { $0 < 0x80 }
                let place = UnsafeMutableRawBufferPointer(rebasing: memory[start..<start + length])
                let target = UnsafeMutableRawBufferPointer(rebasing: other[16 - start..<16 - start + length])
                for bytes in [memory, other] { bytes.initializeMemory(as: UInt8.self, repeating: 0xEE) }
                place.copyBytes(from: masked.prefix(length))
                let answer = FrameHeader.unmask(UnsafeRawBufferPointer(place), mask: mask, into: target)
                #expect(answer == isASCII && target.elementsEqual(text.prefix(length)), "\(start) \(length)")
                let inPlace = FrameHeader.unmask(UnsafeRawBufferPointer(place), mask: mask, into: place)
                #expect(inPlace == isASCII && place.elementsEqual(text.prefix(length)), "\(start) \(length)")
                // Nothing but the payload was written.
                #expect(memory[start + length] == 0xEE && other[16 - start + length] == 0xEE, "\(start) \(length)")
                #expect(start == 0 || memory[start - 1] == 0xEE, "\(start) \(length)")
            }
        }
    }

    @Test func unmaskingSeesEachByteBeyondASCII() {
        let mask: UInt32 = 0x9A_7C_B3_01
        var bytes = (0..<200).map { 0x61 ^ UInt8(truncatingIfNeeded: mask >> UInt32(($0 & 3) * 8)) }
        let target = UnsafeMutableRawBufferPointer.allocate(byteCount: 200, alignment: 1)
        defer { target.deallocate() }
        for length in 0...200 {
            for place in 0..<200 where place < length + 1 {
                bytes[place] ^= 0x80
                let isASCII = bytes.withUnsafeBytes { raw in
                    FrameHeader.unmask(UnsafeRawBufferPointer(rebasing: raw[..<length]), mask: mask, into: target)
                }
                bytes[place] ^= 0x80
                #expect(isASCII == (place >= length), "\(length) \(place)")
            }
        }
    }

    @Test func everyPrefixOfAHeadIsIncomplete() {
        for count in [5, 300, 70_000] {
            let bytes = Self.frame(0x81, [UInt8](repeating: 0, count: count))
            let head = count < 126 ? 6 : count <= 0xFFFF ? 8 : 14
            for prefix in 0..<head { #expect(parse(Array(bytes.prefix(prefix))) == .incomplete) }
            #expect(parse(Array(bytes.prefix(head))) == .header(.text, true, count))
        }
    }

    @Test(
        arguments: [
            [0xC1, 0x80], [0xA1, 0x80], [0x91, 0x80],  // reserved bits
            [0x83, 0x80], [0x87, 0x80], [0x8B, 0x80], [0x8F, 0x80],  // reserved opcodes
            [0x81, 0x00], [0x89, 0x05],  // not masked
            [0x09, 0x80], [0x08, 0x80], [0x0A, 0x80],  // fragmented control frames
            [0x89, 0xFE, 0x00, 0x7E],  // a long ping
            [0x81, 0xFE, 0x00, 0x7D],  // lengths not written in the shortest way
            [0x81, 0xFF, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF], [0x81, 0xFF, 0x80, 0, 0, 0, 0, 0, 0, 0],
        ] as [[UInt8]])
    func aHeadThatBreaksTheRulesIsInvalid(_ bytes: [UInt8]) {
        #expect(parse(bytes) == .invalid)
    }

    @Test func closeCodesAreThoseOfTheStandard() {
        let sendable = (0...5000).filter { CloseCode.isSendable(UInt16($0)) }
        #expect(sendable == Array(1000...1003) + Array(1007...1014) + Array(3000...4999))
    }
}
