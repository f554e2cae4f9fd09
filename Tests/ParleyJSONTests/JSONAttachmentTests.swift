// SPDX-License-Identifier: Apache-2.0
import NIOCore
import ParleyJSON
import Testing

@Suite struct JSONAttachmentTests {
    private let first = ByteBuffer(bytes: [1, 2, 3])
    private let second = ByteBuffer(bytes: [])

    @Test func binaryLeavesAPlaceholderAndComesBack() throws {
        let value: JSON = [
            "upload", .binary(self.first), ["a": .binary(self.second), "b": [.binary(self.first)], "c": 1],
        ]
        var buffer = ByteBuffer()
        var attachments: [ByteBuffer] = []
        value.write(into: &buffer, attachments: &attachments)
        #expect(
            String(buffer: buffer) == #"["upload",{"_placeholder":true,"num":0},"#
                + #"{"a":{"_placeholder":true,"num":1},"b":[{"_placeholder":true,"num":2}],"c":1}]"#)
        #expect(attachments == [self.first, self.second, self.first])
        #expect(try JSON(parsing: buffer).reconstructing(attachments) == value)
    }

    @Test func numbersGoOnFromTheAttachmentsThatAreThere() {
        var buffer = ByteBuffer()
        var attachments = [self.second]
        JSON.binary(self.first).write(into: &buffer, attachments: &attachments)
        #expect(String(buffer: buffer) == #"{"_placeholder":true,"num":1}"#)
        #expect(attachments == [self.second, self.first])
    }

    @Test func withoutAttachmentsBinaryIsNull() {
        #expect(JSON.array([.binary(self.first), 1]).text == "[null,1]")
    }

    @Test(arguments: [
        #"{"_placeholder":true,"num":1}"#, #"{"_placeholder":true,"num":-1}"#, #"{"_placeholder":true,"num":0.5}"#,
        #"{"_placeholder":true,"num":"0"}"#, #"{"_placeholder":true,"num":null}"#, #"{"_placeholder":true}"#,
        #"{"_placeholder":true,"num":1e300}"#, #"{"_placeholder":true,"num":99999999999999999999}"#,
        #"[1,{"a":{"num":7,"_placeholder":true}}]"#,
    ])
    func aPlaceholderWithoutAnAttachmentThrows(_ text: String) throws {
        let value = try JSON(parsing: text)
        #expect(throws: JSONError.self) { try value.reconstructing([self.first]) }
    }

    @Test(arguments: [
        #"{"_placeholder":false,"num":0}"#, #"{"_placeholder":1,"num":0}"#, #"{"_placeholder":"true","num":9}"#,
        #"{"num":0}"#, "null",
        #"[{"placeholder":true,"num":9}]"#,
    ])
    func whatIsNoPlaceholderStays(_ text: String) throws {
        let value = try JSON(parsing: text)
        #expect(try value.reconstructing([self.first]) == value)
    }

    @Test func aPlaceholderMayHaveMoreMembersAndAnExactDouble() throws {
        let value = try JSON(parsing: #"{"x":1,"num":0.0,"_placeholder":true}"#)
        #expect(try value.reconstructing([self.first]) == .binary(self.first))
    }
}
