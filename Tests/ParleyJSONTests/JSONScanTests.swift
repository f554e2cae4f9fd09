// SPDX-License-Identifier: Apache-2.0
import ParleyJSON
import Testing

@Suite struct JSONScanTests {
    /// Scans and gives back what was found as text.
    private func scan(_ text: String, membersOf: Int = -1) -> (error: JSONError?, scan: JSONScan) {
        let scan = JSONScan()
        let error = withBytes(Array(text.utf8)) { scan.scanArray($0, membersOf: membersOf) }
        return (error, scan)
    }

    private func slice(_ text: String, _ start: Int, _ end: Int) -> String {
        String(decoding: Array(text.utf8)[start..<end], as: UTF8.self)
    }

    @Test func theScannerAcceptsWhatJSONParseAccepts() {
        for (text, verdict) in ScanCorpus.all {
            let error = validate(text.utf8)
            #expect(
                (error == nil) == (verdict != .refused),
                "\(text.prefix(80).debugDescription): \(String(describing: error))")
        }
    }

    @Test func theScannerAndJanssonAgreeButForTheKnownDifferences() {
        for (text, verdict) in ScanCorpus.all {
            let error = janssonError(text.utf8)
            #expect(
                (error == nil) == (verdict == .accepted),
                "\(text.prefix(80).debugDescription): \(String(describing: error))")
            if verdict == .scannerOnly, let error {
                #expect(isKnownDifference(error), "\(text.prefix(80).debugDescription): \(error)")
            }
        }
    }

    @Test func aValueIsTheOneThatJanssonReads() throws {
        let scan = JSONScan()
        for (text, verdict) in ScanCorpus.all where verdict != .refused && text.utf8.count < 100 {
            for wrapped in ["[0,\(text)]", "[0,{\"a\":\(text),\"b\":-12,\"a\":\(text)}]"] {
                withBytes(Array(wrapped.utf8)) { bytes in
                    guard scan.scanArray(bytes, membersOf: 1) == nil else { return }
                    let expected = (try? JSON(parsing: bytes))?[1]
                    #expect((try? scan.value(at: 1, in: bytes)) == expected, "\(wrapped.debugDescription)")
                }
            }
        }
    }

    @Test func eachTextInsideAnArrayMeetsTheSameFate() {
        // One level more, so the texts at the limit are left out.
        for (text, verdict) in ScanCorpus.all where text.utf8.count < 100 && !text.isEmpty {
            let array = "[0,\(text)\n]"
            let result = scan(array)
            // Commas and the bracket may make sense of what made none alone.
            if verdict == .refused, result.error == nil { #expect(janssonError(array.utf8) == nil, "\(array)") }
            if verdict != .refused { #expect(result.error == nil && result.scan.elements.count == 2, "\(array)") }
        }
    }

    @Test func everyPrefixOfADocumentIsRefused() {
        let text = Array(#"["ab\n\u00e9é",-1.5e+10,{"k":[true,false,null],"l":{}}]"#.utf8)
        #expect(validate(text) == nil)
        for length in 0..<text.count {
            #expect(validate(text[..<length]) != nil, "\(length)")
        }
    }

    @Test func aMarkIsFoundAtEveryPlaceOfAString() {
        for length in 0..<70 {
            for place in 0...length {
                let before = String(repeating: "x", count: place)
                let after = String(repeating: "é", count: length - place)
                #expect(validate("\"\(before)\\n\(after)\"".utf8) == nil)
                #expect(validate("\"\(before)\\q\(after)\"".utf8)?.offset == place + 1)
                #expect(validate("\"\(before)\u{1f}\(after)\"".utf8)?.offset == place + 1)
                #expect(validate("\"\(before)\"\(after)\"".utf8)?.offset == place + 2)
            }
        }
    }

    @Test func theFirstMarkIsFoundInEveryLength() {
        // Neighbours of the marks and bytes above 0x7F: nothing of it is to be taken for a mark.
        let plain = [[UInt8]](repeating: [0x21, 0x23, 0xA2, 0x5B, 0x20, 0x5D, 0xDC, 0x80], count: 25).flatMap { $0 }
        for (text, offset) in [("\"", 1), ("\u{1f}", 0), ("\\r\\n\u{1}", 4), ("\\r\\q", 2)] {
            let mark = Array(text.utf8)
            for length in 0...plain.count {
                let wrong = (0...length).filter { place in
                    let bytes = [0x22] + plain[..<place] + mark + plain[place..<length]
                    return validate(bytes)?.offset != Self.firstFault(bytes, place + 1 + offset)
                }
                #expect(wrong.isEmpty, "\(length)")
            }
        }
    }

    /// A string that ends with its last byte has no fault; anything else has one at `offset`, white space aside.
    private static func firstFault(_ bytes: [UInt8], _ offset: Int) -> Int? {
        guard bytes[offset - 1] == 0x22, offset > 1 else { return offset }
        return bytes[offset...].firstIndex { $0 != 0x20 }
    }

    @Test func everyByteInAStringPassesButMarks() {
        for byte in UInt8.min...UInt8.max {
            for padding in [0, 3, 8, 17] {
                let pad = [UInt8](repeating: 0x61, count: padding)
                let isPlain = byte >= 0x20 && byte != 0x22 && byte != 0x5C
                #expect((validate([0x22] + pad + [byte] + pad + [0x22]) == nil) == isPlain, "\(byte)")
            }
        }
    }

    @Test func elementsHaveTheirPlacesAndKinds() {
        let text = #" [ "a\n" ,"", -1.5e3,{"x":[1,"\\"]} , [[],2] ,true,false , null ]"# + "\n"
        let (error, found) = scan(text)
        #expect(error == nil)
        #expect(
            found.elements.map { slice(text, $0.start, $0.end) } == [
                #""a\n""#, #""""#, "-1.5e3", #"{"x":[1,"\\"]}"#, "[[],2]", "true", "false", "null",
            ])
        #expect(found.elements.map(\.kind) == [.string, .string, .number, .object, .array, .bool, .bool, .null])
        #expect(found.elements.map(\.escaped) == [true, false, false, false, false, false, false, false])
        #expect(found.members.isEmpty)
    }

    @Test func membersHaveTheirPlacesAndDuplicatesAreListed() {
        let text = #"[{"no":1},{"to": "a" ,"\u0074o":{"to":{"to":[1]}},"to":[{"k":2}],"é":null,"":7,"to":{}},{"no":2}]"#
        let (error, found) = scan(text, membersOf: 1)
        #expect(error == nil)
        #expect(
            found.members.map { slice(text, $0.keyStart, $0.keyEnd) } == [
                #""to""#, #""\u0074o""#, #""to""#, #""é""#, #""""#, #""to""#,
            ])
        #expect(found.members.map(\.keyEscaped) == [false, true, false, false, false, false])
        #expect(
            found.members.map { slice(text, $0.value.start, $0.value.end) } == [
                #""a""#, #"{"to":{"to":[1]}}"#, #"[{"k":2}]"#, "null", "7", "{}",
            ])
        #expect(found.members.map(\.value.kind) == [.string, .object, .array, .null, .number, .object])
        #expect(found.elements.count == 3)
    }

    @Test func thereAreNoMembersWhereThereIsNoObject() {
        let text = #"["a",[{"x":1}],{},{"x":1}]"#
        for index in [-1, 0, 1, 2, 4, 99, Int.min, Int.max] {
            let (error, found) = scan(text, membersOf: index)
            #expect(error == nil && found.members.isEmpty && found.elements.count == 4, "\(index)")
        }
        #expect(scan(text, membersOf: 3).scan.members.count == 1)
    }

    @Test func anythingButAnArrayIsRefused() {
        for text in ["{}", "1", "\"[]\"", "null", "", " ", "x", "{\"a\":[]}"] {
            #expect(scan(text, membersOf: 0).error != nil, "\(text)")
        }
        #expect(scan(" {}").error == JSONError(message: "not an array", offset: 1))
        let none = JSONScan()
        #expect(none.scanArray(UnsafeRawBufferPointer(start: nil, count: 0), membersOf: 0) != nil)
        #expect(JSONScan.validate(UnsafeRawBufferPointer(start: nil, count: 0)) != nil)
    }

    @Test func elementsAndMembersAreBounded() {
        func array(_ count: Int) -> String { "[" + Array(repeating: "0", count: count).joined(separator: ",") + "]" }
        func object(_ count: Int) -> String {
            "[{" + (0..<count).map { "\"\($0)\":0" }.joined(separator: ",") + "}]"
        }
        #expect(scan(array(1024)).scan.elements.count == 1024)
        #expect(scan(array(1025)).error?.message == "too many elements")
        #expect(scan(object(256), membersOf: 0).scan.members.count == 256)
        #expect(scan(object(257), membersOf: 0).error?.message == "too many members")
        // Only where they would have to be kept.
        #expect(scan(object(257), membersOf: 1).error == nil)
        #expect(scan("[\(array(1025))]").error == nil)
        #expect(validate(array(5000).utf8) == nil)
    }

    @Test func afterAnErrorNothingIsLeftAndTheScannerCanGoOn() {
        let scan = JSONScan()
        let good = Array(#"[{"a":1,"b":2},3]"#.utf8)
        let bad = Array(#"[{"a":1,"b":2},3"#.utf8)
        for _ in 0..<3 {
            #expect(withBytes(good) { scan.scanArray($0, membersOf: 0) } == nil)
            #expect(scan.elements.count == 2 && scan.members.count == 2)
            #expect(withBytes(bad) { scan.scanArray($0, membersOf: 0) } != nil)
            #expect(scan.elements.isEmpty && scan.members.isEmpty)
        }
    }

    @Test(arguments: [
        ("[1,x]", 3), ("[1 2]", 3), ("{\"a\" 1}", 5), ("[] x", 3), ("[\"\\q\"]", 2), ("[01]", 2), ("[tru]", 1),
        ("[1,", 3),
        ("", 0), ("[1.]", 3),
    ])
    func errorsSayWhere(_ text: String, _ offset: Int) {
        #expect(validate(text.utf8)?.offset == offset)
    }
}
