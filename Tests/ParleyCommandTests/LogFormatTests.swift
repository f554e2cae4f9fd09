// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import parley

@Suite("Lines of the log")
struct LogFormatTests {
    @Test("In text, values are words, or in quotation marks")
    func text() {
        let line = LogFormat.text.line(
            .info, "peer:joined", ["room": "a b", "peerId": "x-1_Y", "empty": "", "count": 3, "set": ["a": true]],
            at: 1_700_000_000_123)
        #expect(line.hasPrefix("2023-11-14T22:13:20.123Z info peer:joined "))
        #expect(line.hasSuffix(#" room="a b" peerId=x-1_Y empty="" count=3 set={"a":true}"#))
    }

    @Test("In JSON, a field does not hide what every line has")
    func json() {
        let line = LogFormat.json.line(.warning, "m", ["level": "forged", "x": [1, nil]], at: 0)
        #expect(line == #"{"time":"1970-01-01T00:00:00.000Z","level":"warning","message":"m","x":[1,null]}"#)
    }

    @Test(
        "Nothing begins a new line, or commands a terminal",
        arguments: ["\n", "\r", "\u{1B}", "\u{9B}", "\u{2028}", "\u{202E}"] as [Unicode.Scalar])
    func control(_ character: Unicode.Scalar) {
        let line = LogFormat.text.line(.info, "a\(character)b", ["c": .string("d\(character)e")], at: 0)
        #expect(!line.unicodeScalars.contains(character))
        #expect(line.contains("a\\u{"))
    }
}
