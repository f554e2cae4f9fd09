// SPDX-License-Identifier: Apache-2.0
import ParleyJSON
import ParleyTestSupport
import Testing

@Suite struct JSONScanFuzzTests {
    private static let pieces: [[UInt8]] = [
        "\"", "\\", "\\u", "\\ud800", "\\u0000", "[", "]", "{", "}", ",", ":", "-", "+", ".", "e", "E", "0", "9",
        "null", "true",
        " ", "\n", "\u{0}", "\u{1f}", "é", "😀", "\u{feff}", "[]", "{}", "\"a\":", "1e400", "99999999999999999999",
        "\\n", "/",
    ].map { Array($0.utf8) }

    private static func mutated(_ original: [UInt8], _ generator: inout SeededGenerator) -> [UInt8] {
        var bytes = original
        for _ in 0..<Int.random(in: 1...3, using: &generator) {
            let place = Int.random(in: 0...bytes.count, using: &generator)
            let length = min(Int.random(in: 0...6, using: &generator), bytes.count - place)
            switch Int.random(in: 0..<6, using: &generator) {
            case 0 where place < bytes.count: bytes[place] = UInt8.random(in: 0...255, using: &generator)
            case 1 where place < bytes.count: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            case 2: bytes.removeSubrange(place..<place + length)
            case 3: bytes.insert(contentsOf: Array(bytes[place..<place + length]), at: place)
            case 4: bytes.removeSubrange(place...)
            default: bytes.insert(contentsOf: pieces.randomElement(using: &generator) ?? [], at: place)
            }
        }
        return bytes
    }

    /// The scanner's opinion and jansson's; a fault is what sets them apart for no known reason.
    private static func disagreement(on bytes: [UInt8]) -> String? {
        let isUTF8 = withBytes(bytes) { UTF8Check.isValid($0) }
        let scanner = validate(bytes)
        let jansson = janssonError(bytes)
        if isUTF8, scanner == nil, let jansson, !isKnownDifference(jansson) {
            return "only jansson refuses: \(jansson)"
        }
        if jansson == nil, !isUTF8 { return "jansson takes what is not UTF-8" }
        if jansson == nil, let scanner { return "only the scanner refuses: \(scanner)" }
        return nil
    }

    /// Compares the places that the scanner found with the values that jansson found.
    private static func misplaced(_ bytes: [UInt8], _ scan: JSONScan) -> String? {
        withBytes(bytes) { raw in
            guard let value = try? JSON(parsing: raw), let elements = value.arrayValue, elements.count <= 1024 else {
                return nil
            }
            for (index, element) in elements.enumerated() {
                guard scan.scanArray(raw, membersOf: index) == nil else { return "refused" }
                guard scan.elements.count == elements.count else { return "\(scan.elements.count) elements" }
                let place = scan.elements[index]
                let part = try? JSON(parsing: UnsafeRawBufferPointer(rebasing: raw[place.start..<place.end]))
                guard part == element else { return "element \(index)" }
                guard (try? scan.value(at: index, in: raw)) == element else { return "value \(index)" }
                var members: JSON = [:]
                if case .object = element, case .object(var dictionary) = members {
                    for member in scan.members {
                        let key = try? JSON(
                            parsing: UnsafeRawBufferPointer(rebasing: raw[member.keyStart..<member.keyEnd]))
                        let slice = UnsafeRawBufferPointer(rebasing: raw[member.value.start..<member.value.end])
                        guard let key = key?.stringValue, let value = try? JSON(parsing: slice) else { return "member" }
                        dictionary[key] = value
                    }
                    members = .object(dictionary)
                    guard members == element else { return "members of \(index)" }
                } else if !scan.members.isEmpty {
                    return "members of what is no object"
                }
            }
            return nil
        }
    }

    @Test(arguments: [UInt64(0x5EED_0001), 0x5EED_0002])
    func theScannerAndJanssonAgreeOnMutations(_ seed: UInt64) {
        print("JSONScanFuzzTests seed \(seed), \(fuzzRounds / 2) mutations")
        var generator = SeededGenerator(seed: seed)
        let documents = ScanCorpus.all.map { Array($0.text.utf8) }.filter { $0.count < 1500 } + Self.packets
        let scan = JSONScan()
        var accepted = 0
        for round in 0..<fuzzRounds / 2 {
            let source = documents[Int.random(in: 0..<documents.count, using: &generator)]
            let bytes = Self.mutated(source, &generator)
            let fault = Self.disagreement(on: bytes) ?? Self.misplaced(bytes, scan)
            if fault == nil {
                accepted += validate(bytes) == nil ? 1 : 0
                continue
            }
            Issue.record(
                "\(fault ?? ""), round \(round): \(bytes) \(String(decoding: bytes, as: UTF8.self).debugDescription)")
            return
        }
        // A fuzz that only makes rubbish tests little.
        #expect(accepted > fuzzRounds / 20)
    }

    /// Documents as they come on the relay path; more of them, so that mutations often leave them valid.
    private static let packets: [[UInt8]] = Array(
        repeating: [
            #"["relay","k3jd92",{"to":"a","description":{"type":"offer","sdp":"v=0\r\no=- 46117 2 IN IP4 ::1\r\n"}}]"#,
            #"["relay",{"candidate":"candidate:1 1 udp 2122260223 10.0.0.17 54 typ","sdpMLineIndex":0,"sdpMid":null}]"#,
            #"[{"a":1,"b":[{"c":"\\\"é😀"}],"a":{"d":-1.5e-3}},"x",true,false,null,[[],{}]]"#,
        ].map { Array($0.utf8) }, count: 30
    ).flatMap { $0 }
}
