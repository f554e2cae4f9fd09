// SPDX-License-Identifier: Apache-2.0
import NIOCore
import ParleyTestSupport
import Testing

@testable import ParleyEngineIO

@Suite struct FormatTests {
    private func packets(_ text: String) -> (packets: [String], isSound: Bool) {
        var found: [String] = []
        let bytes = Array(text.utf8)
        let isSound = bytes.withUnsafeBytes { raw in
            PollingPayload.decode(raw) { packet in
                switch packet {
                case .text(let type, let range): found.append("\(type):\(String(decoding: raw[range], as: UTF8.self))")
                case .binary(let bytes): found.append("binary:\(bytes)")
                }
                return true
            }
        }
        return (found, isSound)
    }

    @Test func aPayloadIsSplitAtItsSeparators() {
        #expect(
            packets("4hello\u{1E}2\u{1E}4€\u{1E}bAQID") == (
                ["message:hello", "ping:", "message:€", "binary:[1, 2, 3]"], true
            ))
    }

    @Test(arguments: ["", "x", "4a\u{1E}", "\u{1E}4a", "7", "b*", "bA", "4a\u{1E}\u{1E}4b"])
    func anUndecodablePayloadIsSaidToBeOne(_ text: String) {
        #expect(!packets(text).isSound)
    }

    @Test func whatStoodBeforeTheFaultIsDelivered() {
        #expect(packets("4a\u{1E}9\u{1E}4b") == (["message:a"], false))
    }

    @Test func packetsAreJoinedAndBinaryIsBase64() {
        var payload = ByteBuffer()
        Array("hi".utf8).withUnsafeBytes { PollingPayload.append(.message, $0, to: &payload) }
        [UInt8]([1, 2, 3, 4]).withUnsafeBytes { PollingPayload.append(binary: $0, to: &payload) }
        #expect(String(buffer: payload) == "4hi\u{1E}bAQIDBA==")
    }

    @Test func base64GoesThereAndBack() {
        for count in 0..<70 {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ count) }
            let text = Array(Base64.encode(bytes).utf8)
            #expect(text.withUnsafeBytes(Base64.decode) == bytes)
            let bare = text.filter { $0 != UInt8(ascii: "=") }
            #expect(bare.withUnsafeBytes(Base64.decode) == bytes, "padding may be missing")
        }
    }

    @Test func anIdKnowsItsLoopAndIsReadBack() {
        var seen: Set<String> = []
        for loop in 0..<64 {
            let id = SessionID(loop: loop)
            #expect(id.loop == loop)
            #expect(id.description.utf8.count == SessionID.length)
            #expect(SessionID(id.description) == id)
            #expect(seen.insert(id.description).inserted)
        }
    }

    @Test(arguments: [
        "", "short", "AAAAAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAA+", "AAAAAAAAAAAAAAAAAA€", "AAAAAAAAAA AAAAAAAAA",
    ])
    func whatIsNoIdIsNotReadAsOne(_ text: String) {
        #expect(SessionID(text) == nil)
    }

    @Test func anIDHasNoCharacterButThoseOfTheAlphabet() {
        let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8
        for place in 0..<SessionID.length {
            for byte in UInt8.min...UInt8.max {
                var bytes = [UInt8](repeating: UInt8(ascii: "x"), count: SessionID.length)
                bytes[place] = byte
                let id = bytes.withUnsafeBytes { SessionID(parsing: $0) }
                #expect((id != nil) == alphabet.contains(byte), "\(byte) at \(place)")
                #expect(id == nil || Array("\(id ?? .none)".utf8) == bytes)
                guard place == 0, let id else { continue }
                #expect(
                    id.loop
                        == alphabet.firstIndex(of: byte).map { alphabet.distance(from: alphabet.startIndex, to: $0) })
            }
        }
    }

    @Test func theOpenPacketHasTheKeysInTheOfficialOrder() {
        let id = SessionID(loop: 0)
        #expect(
            EngineConfiguration().openPacket(id: id, onPolling: true)
                == "0{\"sid\":\"\(id)\",\"upgrades\":[\"websocket\"],\"pingInterval\":25000,\"pingTimeout\":20000,\"maxPayload\":1000000}"
        )
        #expect(EngineConfiguration().openPacket(id: id, onPolling: false).contains("\"upgrades\":[]"))
    }

    @Test func hostilePayloadsAreReadWithoutHarm() {
        var generator = SeededGenerator(seed: 0x5EED)
        for _ in 0..<20_000 {
            let bytes = (0..<Int.random(in: 0...40, using: &generator)).map { _ in
                [0x1E, 0x62, 0x34, 0x3D, 0x41, 0x00, 0xFF].randomElement(using: &generator).map { UInt8($0) } ?? 0
            }
            _ = bytes.withUnsafeBytes { raw in PollingPayload.decode(raw) { _ in true } }
            _ = bytes.withUnsafeBytes { SessionID(parsing: $0) }
        }
    }
}
