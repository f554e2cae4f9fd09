// SPDX-License-Identifier: Apache-2.0
import NIOCore
import ParleyEngineIO
import ParleyJSON
import Testing

@testable import ParleySignaling

/// Objects written as text, beside the same made of values.
@Suite struct ObjectTextTests {
    @Test func writesWhatTheValuesWouldBe() {
        let id = SessionID(loop: 3)
        let inner: JSON = ["list": [1, nil, "\u{1}\"é"], "empty": [:], "none": []]
        let text = ByteBuffer(object: { object in
            object.set("yes", true)
            object.set("number", Int64.min)
            object.set("name", "a \"b\"\n\u{7}")
            object.set("absent", nil as String?)
            object.set("id", id)
            object.set("inner", inner)
            object.set("nothing", [:] as JSON)
            object.set("list", [] as JSON)
            object.set("raw", text: ByteBuffer(string: "[1,2]"))
            object.set("object") { $0.set("x", false) }
            object.set("bare") { _ in }
            object.set("each", each: [1, 2]) { $0.set("n", Int64($1)) }
            object.set("noneEach", each: [Int]()) { _, _ in }
        })
        let expected: JSON = [
            "yes": true, "number": .int(.min), "name": "a \"b\"\n\u{7}", "id": .string(id.description), "inner": inner,
            "nothing": [:], "list": [], "raw": [1, 2], "object": ["x": false], "bare": [:],
            "each": [["n": 1], ["n": 2]], "noneEach": [],
        ]
        #expect(String(buffer: text) == expected.text)
    }

    @Test func growsAsFarAsItMust() {
        let long = String(repeating: "0123456789\"", count: 2_000)
        let text = ByteBuffer(object: { object in
            for _ in 0..<20 { object.set("long", long) }
        })
        #expect(text.readableBytes > 20 * 24_000)
        #expect((try? JSON(parsing: text))?["long"] == .string(long))
    }

    @Test func anAckTakesThePlaceOfWhatWasThere() {
        let packet = PacketSpace()
        packet.write(bound: 64) { $0.write(text: "something else that is longer than the ack") }
        Packets.writeAck(17, into: packet) { $0.set("ok", true) }
        #expect(String(decoding: packet.bytes, as: UTF8.self) == #"317[{"ok":true}]"#)
        #expect(String(buffer: Packets.event("peer:left") { _ in }) == #"2["peer:left",{}]"#)
    }
}
