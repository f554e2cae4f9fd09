// SPDX-License-Identifier: Apache-2.0
import ParleyTestSupport
import Testing

@testable import ParleyJSON

/// The fast way through a string against one that goes byte by byte.
@Suite struct JSONStringTests {
    private static let pieces = [
        "\\r\\n", "\\n", "\\\\", "\\\"", "\\/", "\\u00e9", "\\ud83d", "a", "line of a description\\r\\n", "é", "\\r",
        String(repeating: "x", count: 40), String(repeating: "\\\"", count: 40),
    ]
    /// Rarely, since the first of them ends the string.
    private static let ends = ["\"", "\\q", "\\u12g4", "\u{1f}", "\\", "\u{0}"]

    /// The fault in a string that begins with a quote and goes to the end of the bytes, and where.
    private static func slowFault(_ bytes: [UInt8]) -> (JSONFault, Int)? {
        var index = 1
        while index < bytes.count {
            let byte = bytes[index]
            if byte == 0x22 { return index + 1 == bytes.count ? nil : (.trailingBytes, index + 1) }
            if byte < 0x20 { return (.controlByte, index) }
            guard byte == 0x5C else {
                index += 1
                continue
            }
            guard index + 1 < bytes.count else { return (.unterminatedString, index) }
            if bytes[index + 1] == UInt8(ascii: "u") {
                for place in index + 2..<index + 6 {
                    guard place < bytes.count else { return (.unterminatedString, index) }
                    guard Character(Unicode.Scalar(bytes[place])).isHexDigit else { return (.badEscape, index) }
                }
                index += 6
            } else {
                guard "nr\"\\/tbf".utf8.contains(bytes[index + 1]) else { return (.badEscape, index) }
                index += 2
            }
        }
        return (.unterminatedString, bytes.count)
    }

    @Test func stringsOfAnyLengthMeetTheFateOfTheSlowReader() {
        var generator = SeededGenerator(seed: 0x5EED_0003)
        var (sound, longest) = (0, 0)
        for _ in 0..<fuzzRounds {
            var text = "\""
            for _ in 0..<Int.random(in: 0..<24, using: &generator) {
                let isEnd = Int.random(in: 0..<60, using: &generator) == 0
                text += (isEnd ? Self.ends : Self.pieces).randomElement(using: &generator) ?? ""
            }
            if Int.random(in: 0..<8, using: &generator) > 0 { text += "\"" }
            let bytes = Array(text.utf8)
            let (found, expected) = (validate(bytes), Self.slowFault(bytes))
            if expected == nil {
                sound += 1
                longest = max(longest, bytes.count)
            }
            guard found?.offset == expected?.1, found?.message == expected?.0.message else {
                Issue.record("\(text.debugDescription): \(found as Any), not \(expected as Any)")
                return
            }
        }
        #expect(sound > fuzzRounds / 4 && longest > 300)
    }

    @Test func marksAreTheBytesThatAre() {
        var generator = SeededGenerator(seed: 0x5EED_0004)
        // Marks and what differs from them by a bit.
        let near: [UInt8] = [0x22, 0x20, 0x23, 0x5C, 0x5D, 0xDC, 0xA2, 0x00, 0x1F, 0x80, 0x9F, 0x7F, 0x61]
        for _ in 0..<fuzzRounds / 10 {
            let bytes = (0..<64).map { _ in near.randomElement(using: &generator) ?? 0 }
            var expected: UInt64 = 0
            for (index, byte) in bytes.enumerated() where byte < 0x20 || byte == 0x22 || byte == 0x5C {
                expected |= 1 << UInt64(index)
            }
            withBytes(bytes) { raw in
                guard let base = raw.baseAddress else { return }
                #expect(JSONMarks.of64(base) == expected)
                #expect(JSONMarks.of16(base) == expected & 0xFFFF)
                #expect(JSONMarks.of8(base.loadUnaligned(as: UInt64.self)) == expected & 0xFF)
                #expect(bytes.enumerated().allSatisfy { JSONMarks.isMark($1) == (expected >> UInt64($0) & 1 == 1) })
            }
        }
    }
}
