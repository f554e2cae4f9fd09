// SPDX-License-Identifier: Apache-2.0
import NIOCore
import ParleyJSON
import ParleyTestSupport
import Testing

@Suite struct JSONWritingTests {
    /// The right-hand sides are what `JSON.stringify` gives.
    @Test(
        arguments: [
            (0, "0"), (-0.0, "0"), (3, "3"), (-3, "-3"), (0.5, "0.5"), (123.456, "123.456"),
            (0.1 + 0.2, "0.30000000000000004"),
            (1e15, "1000000000000000"), (0x1p53, "9007199254740992"), (0x1p62, "4611686018427388000"),
            (0x1p63, "9223372036854776000"),
            (-1e16, "-10000000000000000"),
            (1e20, "100000000000000000000"), (123_456_789_012_345_683_968, "123456789012345680000"), (1e21, "1e+21"),
            (1.5e300, "1.5e+300"),
            (1e-5, "0.00001"), (0.000001, "0.000001"), (0.00000123, "0.00000123"), (1e-7, "1e-7"),
            (-1.25e-7, "-1.25e-7"),
            (.leastNonzeroMagnitude, "5e-324"), (1.7976931348623157e308, "1.7976931348623157e+308"), (.nan, "null"),
            (.infinity, "null"),
            (-.infinity, "null"), (2251799813685248.5, "2251799813685248.5"), (100, "100"), (1.5, "1.5"),
            (9.5e-5, "0.000095"),
        ] as [(Double, String)])
    func doublesAreSpelledAsInJavaScript(_ number: Double, _ text: String) {
        #expect(JSON.double(number).text == text)
    }

    @Test func doublesReadBackAsTheyWere() throws {
        var generator = SeededGenerator(seed: 0x5EED_0004)
        for _ in 0..<5000 {
            let number = Double(bitPattern: generator.next())
            guard number.isFinite else { continue }
            let text = JSON.double(number).text
            #expect(try JSON(parsing: text).doubleValue == number, "\(text)")
            #expect(validate(text.utf8) == nil, "\(text)")
        }
    }

    @Test func onlyQuotesBackslashesAndControlCharactersAreEscaped() {
        #expect(
            JSON.string("\"\\/\u{8}\t\n\u{c}\r\0\u{1}\u{1f}\u{7f}é\u{2028}😀").text
                == #""\"\\/\b\t\n\f\r\u0000\u0001\u001f"# + "\u{7f}é\u{2028}😀\"")
        #expect(JSON.string("").text == "\"\"")
        for length in 0..<40 {
            let run = String(repeating: "x", count: length)
            #expect(JSON.string(run).text == "\"\(run)\"")
            #expect(JSON.string(run + "\n" + run).text == "\"\(run)\\n\(run)\"")
            #expect(JSON.string("\n\n" + run + "\n").text == "\"\\n\\n\(run)\\n\"")
        }
    }

    @Test func aStringIsAppendedBehindWhatIsThere() {
        var buffer = ByteBuffer(string: "42")
        appendJSONString("a\"b", to: &buffer)
        appendJSONString("plain", to: &buffer)
        #expect(String(buffer: buffer) == #"42"a\"b""plain""#)
    }

    @Test func aNestedValueIsCompactAndInOrder() {
        let value: JSON = ["b": [1, nil, [], [:]], "a": ["é\n": -1, "": false]]
        #expect(value.text == #"{"b":[1,null,[],{}],"a":{"é\n":-1,"":false}}"#)
        #expect(JSON.int(.min).text == "-9223372036854775808")
    }

    @Test func whatIsWrittenReadsBackTheSame() throws {
        var generator = SeededGenerator(seed: 0x5EED_0005)
        for round in 0..<2000 {
            let value = random(depth: 4, &generator)
            let text = value.text
            #expect(try JSON(parsing: text) == value, "round \(round): \(text)")
            #expect(validate(text.utf8) == nil)
        }
    }

    private func random(depth: Int, _ generator: inout SeededGenerator) -> JSON {
        switch Int.random(in: 0..<(depth > 0 ? 8 : 5), using: &generator) {
        case 0: return .null
        case 1: return .bool(.random(using: &generator))
        case 2: return .int(.random(in: .min ... .max, using: &generator))
        // Never integral: that would be read back as an integer.
        case 3: return .double(Double(Int.random(in: -1000...1000, using: &generator)) + 0.25)
        case 4: return .string(text(&generator))
        case 5, 6:
            return .array(
                (0..<Int.random(in: 0...4, using: &generator)).map { _ in random(depth: depth - 1, &generator) })
        default:
            var value: JSON = [:]
            if case .object(var members) = value {
                for _ in 0..<Int.random(in: 0...4, using: &generator) {
                    members[text(&generator).replacing("\0", with: "")] = random(depth: depth - 1, &generator)
                }
                value = .object(members)
            }
            return value
        }
    }

    private func text(_ generator: inout SeededGenerator) -> String {
        let alphabet: [Character] = ["a", "\"", "\\", "\n", "\0", "\u{1f}", "é", "😀", "\u{2028}", "/", " ", "{"]
        return String(
            (0..<Int.random(in: 0...20, using: &generator)).map { _ in alphabet.randomElement(using: &generator) ?? "a"
            })
    }
}
