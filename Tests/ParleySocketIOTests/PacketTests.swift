// SPDX-License-Identifier: Apache-2.0
import NIOCore
import Testing

@testable import ParleySocketIO

@Suite struct PacketTests {
    private func header(_ text: String) -> String? {
        let bytes = Array(text.utf8)
        return bytes.withUnsafeBytes { raw in
            PacketHeader(raw).map { header in
                let namespace = header.namespace.map { String(decoding: raw[$0], as: UTF8.self) } ?? "/"
                let payload = String(decoding: raw[header.payload], as: UTF8.self)
                return
                    "\(header.kind) \(header.attachments) \(namespace) \(header.ackID.map(String.init) ?? "-") \(payload)"
            }
        }
    }

    @Test(arguments: [
        ("0", "connect 0 / - "), ("0{\"a\":1}", "connect 0 / - {\"a\":1}"), ("0/chat,", "connect 0 /chat - "),
        ("0/chat", "connect 0 /chat - "), ("1/chat,", "disconnect 0 /chat - "), ("2[\"a\"]", "event 0 / - [\"a\"]"),
        ("2/,[\"a\"]", "event 0 / - [\"a\"]"), ("212[\"a\"]", "event 0 / 12 [\"a\"]"),
        ("2/a/b,7[\"a\"]", "event 0 /a/b 7 [\"a\"]"), ("30[]", "ack 0 / 0 []"),
        ("51-[\"a\"]", "binaryEvent 1 / - [\"a\"]"), ("610-/x,3[]", "binaryAck 10 /x 3 []"),
        ("50-[\"a\"]", "binaryEvent 0 / - [\"a\"]"),
    ])
    func aHeaderIsRead(_ row: (text: String, header: String)) {
        #expect(header(row.text) == row.header)
    }

    @Test(arguments: [
        "", "7", "a", "5[\"a\"]", "5-[\"a\"]", "511-[]", "5-1-[]", "51", "51[]", "299999999999999999999[]", "é",
    ])
    func whatIsNoHeaderIsRefused(_ text: String) {
        #expect(header(text) == nil)
    }

    @Test(arguments: [
        "[]", "{}", "\"a\"", "[null]", "[{}]", "[[\"a\"]]", "[true]", "[\"connect\"]", "[\"disconnect\"]",
        "[\"newListener\"]", "[\"a\"",
        "[\"a\"]x", "",
    ])
    func whatIsNoEventIsRefused(_ payload: String) {
        let bytes = Array(payload.utf8)
        #expect(bytes.withUnsafeBytes { PayloadReader.event($0, []) } == nil)
    }

    @Test func anEventIsReadWithItsAttachments() {
        let bytes = Array("[\"a\",1,{\"b\":{\"_placeholder\":true,\"num\":0}}]".utf8)
        let event = bytes.withUnsafeBytes { PayloadReader.event($0, [ByteBuffer(bytes: [9])]) }
        #expect(event?.name == "a")
        #expect(event?.arguments == [1, ["b": .binary(ByteBuffer(bytes: [9]))]])
        #expect(bytes.withUnsafeBytes { PayloadReader.event($0, [ByteBuffer(), ByteBuffer()]) } != nil)
    }

    @Test func packetsAreWrittenAsTheProtocolSays() {
        func text(_ packet: OutgoingPacket) -> String { String(buffer: packet.text) }
        #expect(text(OutgoingPacket(.connect, namespace: "/", payload: ["sid": "x"])) == "0{\"sid\":\"x\"}")
        #expect(text(OutgoingPacket(.disconnect, namespace: "/a")) == "1/a,")
        #expect(text(OutgoingPacket(.ack, namespace: "/a", ackID: 120, payload: [])) == "3/a,120[]")
        let binary: JSON = .binary(ByteBuffer(bytes: [1]))
        let packet = OutgoingPacket(
            .event, namespace: "/", ackID: 0, payload: EncodedPayload(event: "e", [binary, [binary]]))
        #expect(text(packet) == "52-0[\"e\",{\"_placeholder\":true,\"num\":0},[{\"_placeholder\":true,\"num\":1}]]")
        #expect(packet.attachments.count == 2)
    }

    @Test func acksAreTakenOnceAndInAnyOrder() {
        var table = AckTable()
        let ids = (0..<5).map { _ in table.open(.done) }
        #expect(ids == [0, 1, 2, 3, 4])
        var late = AckTable(first: 7)
        let opened = (0..<4).map { _ in late.open(.closure({ _ in }, timeout: nil)) }
        #expect(opened == [7, 8, 9, 10])
        for id in [9, 7, 10, 8] {
            #expect(late.take(id) != nil)
            #expect(late.take(id) == nil)
        }
        #expect(late.take(99) == nil && late.take(-1) == nil)
        #expect(late.open(.done) == 11, "ids are not used again")
    }
}
