// SPDX-License-Identifier: Apache-2.0
import NIOCore
import ParleyEngineIO
import ParleyJSON
import ParleyTestSupport
import Testing

@testable import ParleySignaling

/// The relay's way of making a packet, by splicing bytes, against a slow and obvious one, by values.
@Suite struct RelayTwinTests {
    private let sender = SessionID(loop: 0)
    private let target = SessionID(loop: 0)
    private let view = RoomView(name: RoomName("a \"room\" \u{e9}"))

    /// Signals of random members in random order, with random white space.
    @Test(arguments: 0..<300) func whatIsRelayedIsWhatTheTwinMakes(_ seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(seed))
        let kind = try #require([SignalKind.offer, .signal, .message].randomElement(using: &random))
        let payload = payload(&random)
        let ackID = Bool.random(using: &random) ? Int.random(in: 0..<100_000, using: &random) : nil
        let relayed = try spliced(kind, payload, ackID)
        let header = "2\(ackID.map(String.init) ?? "")"
        #expect(relayed.hasPrefix(header))
        #expect(
            try JSON(parsing: String(relayed.dropFirst(header.count))) == twin(kind, JSON(parsing: payload)),
            "\(payload)")
    }

    private func payload(_ random: inout SeededGenerator) -> String {
        var members = ["\"sdp\":\"v=0\\r\\n\\u00e9\"", "\"data\":[1,{\"to\":2}]"]
        let others = [
            "\"from\":\"forged\"", "\"room\":\"r\"", "\"room\":null", "\"target\":\"other\"", "\"peerId\":7",
            "\"x\" : 1.50",
            "\"deep\":{\"from\":{\"room\":[]}}", "\"fr\\u006fm\":\"forged\"", "\"\":\"\"", "\"mid\":\"m\"",
        ]
        let key = Bool.random(using: &random) ? "to" : "t\\u006f"
        members.append("\"\(key)\":\"\(target)\"")
        var taken: Set<Substring> = []
        for other in others where Bool.random(using: &random) {
            // No key twice, whichever way it is spelled: such signals are refused.
            let name = other.replacing("\\u006f", with: "o").split(separator: ":")[0]
            if taken.insert(name).inserted { members.append(other) }
        }
        members.shuffle(using: &random)
        let separator = [",", " , ", ",\n\t"].randomElement(using: &random) ?? ","
        return "{" + members.joined(separator: separator) + " }"
    }

    private func spliced(_ kind: SignalKind, _ payload: String, _ ackID: Int?) throws -> String {
        let scan = JSONScan()
        let bytes = Array("[\"\(kind.name)\",\(payload)]".utf8)
        return try bytes.withUnsafeBytes { bytes in
            #expect(scan.scanArray(bytes, membersOf: 1) == nil)
            let reader = try SignalReader(kind, bytes, scan, SignalLimits(SignalingConfiguration()))
            #expect(reader.target == .some(target))
            let signal = Signal(
                kind: kind, sender: sender, attachments: [], confirmation: .delivered, timeoutMs: 1, size: 0)
            let packet = PacketSpace()
            Packets.write(signal, reader.members(bytes, scan), in: view, ackID: ackID, into: packet)
            return String(decoding: packet.bytes, as: UTF8.self)
        }
    }

    private func twin(_ kind: SignalKind, _ payload: JSON) -> JSON {
        var signal: JSON = ["from": .string(sender.description), "room": view.name.json]
        for (key, value) in payload.objectValue ?? [:] where !["to", "from", "room"].contains(key) {
            signal.set(key, value)
        }
        return [.string("\(kind.name)"), signal]
    }
}
