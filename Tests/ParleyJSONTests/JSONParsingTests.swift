// SPDX-License-Identifier: Apache-2.0
import NIOCore
import ParleyJSON
import Testing

@Suite struct JSONParsingTests {
    @Test(
        arguments: [
            ("null", nil), ("true", true), ("false", false), (" 12 ", 12), ("-0", 0), ("1.0", 1.0), ("1e2", 100.0),
            (#""a\u0000b""#, "a\0b"),
            (#""\ud83d\ude00\u00e9\/\\\"""#, "😀é/\\\""), (#"[1,[],{}]"#, [1, [], [:]]),
            (#"{"b":1,"a":[null]}"#, ["b": 1, "a": [nil]]),
            (#"{"a":1,"b":2,"a":3}"#, ["a": 3, "b": 2]), ("\"\"", ""),
            (#"{"":{"é":"\u2028"}}"#, ["": ["é": "\u{2028}"]]),
        ] as [(String, JSON)])
    func textBecomesItsValue(_ text: String, _ value: JSON) throws {
        #expect(try JSON(parsing: text) == value)
    }

    @Test func integersBeyond64BitsBecomeDoublesAndOthersStayExact() throws {
        let text =
            "[9223372036854775807,9223372036854775808,-9223372036854775808,-9223372036854775809,18446744073709551616,1]"
        #expect(
            try JSON(parsing: text) == [
                .int(.max), .double(0x1p63), .int(.min), .double(-0x1p63), .double(0x1p64), 1,
            ])
        #expect(try JSON(parsing: "{\"99999999999999999999\":100000000000000000000}") == ["99999999999999999999": 1e20])
        #expect(try JSON(parsing: "1234567890123456789.5") == .double(1234567890123456789.5))
        #expect(try JSON(parsing: "0.99999999999999999999") == 1.0)
    }

    @Test func errorsCountBytesOfTheTextThatCame() {
        // The same fault with an integer that fits and one that does not is at the same place.
        for tail in [",x]", "", " 5]", ",\"é\"", ",1,2,99999999999999999999,x"] {
            let fits = janssonError(
                ("[1111111111111111111" + tail.replacing("99999999999999999999", with: "11111111111111111110")).utf8)
            let wide = janssonError(("[9999999999999999999" + tail).utf8)
            #expect(fits != nil && fits?.offset == wide?.offset && fits?.message == wide?.message, "\(tail)")
        }
    }

    @Test func errorsDoNotQuoteTheInput() {
        for text in [
            "[secret]", "[\"secret\" \"secret\"]", "{\"secret\" 1}", "\"secret", "[\"\\usecret\"]", "'secret'",
            "secret", "{'secret':1}",
        ] {
            let error = janssonError(text.utf8)
            #expect(
                error != nil && error?.message.isEmpty == false && error?.message.contains("sec") == false, "\(text)"
            )
            #expect(error?.message.hasSuffix(" ") == false && error.map { $0.offset <= text.utf8.count } == true)
        }
    }

    @Test func aLoneSurrogateIsNotQuotedEither() {
        #expect(janssonError(#""\udead""#.utf8)?.message == "invalid Unicode")
        #expect(janssonError(#""\uD8EC\u0041""#.utf8)?.message == "invalid Unicode")
    }

    @Test func depthIsBoundedBeforeAnythingRecurses() {
        let deep = String(repeating: "[", count: 3_000_000)
        #expect(janssonError(deep.utf8) == JSONError(message: "nested too deeply", offset: 128))
        #expect(
            janssonError((String(repeating: "[", count: 129) + String(repeating: "]", count: 129)).utf8)?.offset == 128)
        // Brackets in strings do not count.
        #expect(janssonError("\"\(deep)\"".utf8) == nil)
        #expect(janssonError("[\"\\\"\(deep)\\\\\"]".utf8) == nil)
        #expect(janssonError(("[" + Array(repeating: "[]", count: 500).joined(separator: ",") + "]").utf8) == nil)
    }

    @Test func bytesBufferAndTextAreTheSame() throws {
        let text = #"{"a":[1,"é"]}"#
        var buffer = ByteBuffer(string: "xx" + text + "yy")
        buffer.moveReaderIndex(forwardBy: 2)
        let slice = try #require(buffer.getSlice(at: 2, length: text.utf8.count))
        #expect(try JSON(parsing: slice) == JSON(parsing: text))
        #expect(slice.readableBytes == text.utf8.count)
        #expect(throws: JSONError.self) { try JSON(parsing: buffer) }
        #expect(throws: JSONError.self) { try JSON(parsing: ByteBuffer()) }
        #expect(throws: JSONError.self) { try JSON(parsing: "") }
        #expect(throws: JSONError.self) { try JSON(parsing: UnsafeRawBufferPointer(start: nil, count: 0)) }
    }

    @Test func bytesThatAreNotUTF8AreRefused() {
        for bytes: [UInt8] in [
            [0x22, 0xFF, 0x22], [0x22, 0xC0, 0x80, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22], [0x22, 0xE2, 0x82, 0x22],
        ] {
            #expect(janssonError(bytes) != nil)
        }
    }
}
