// SPDX-License-Identifier: Apache-2.0
import NIOCore
import ParleyJSON
import Testing

@Suite struct JSONValueTests {
    private let value: JSON = [
        "null": nil, "yes": true, "int": -3, "double": 2.5, "string": "é", "array": [1, "two"],
        "object": ["a": ["b": 1]],
    ]

    @Test func literalsMakeTheCasesTheyLookLike() {
        #expect(self.value["null"] == .null)
        #expect(self.value["yes"] == .bool(true))
        #expect(self.value["int"] == .int(-3))
        #expect(self.value["double"] == .double(2.5))
        #expect(self.value["string"] == .string("é"))
        #expect(self.value["array"] == .array([.int(1), .string("two")]))
        #expect(self.value.objectValue?.keys.first == "null")
        #expect(([:] as JSON).objectValue?.isEmpty == true)
    }

    @Test func theLastOfDuplicateKeysInALiteralWins() {
        let value: JSON = ["a": 1, "b": 2, "a": 3]
        #expect(value == ["a": 3, "b": 2])
        #expect(value.objectValue.map { Array($0.keys) } == ["a", "b"])
    }

    @Test func accessorsGiveTheirKindAndNilForAllOthers() {
        let binary = JSON.binary(ByteBuffer(bytes: [1, 2]))
        let all: [JSON] = [nil, true, 7, 0.5, "s", [1], ["k": 1], binary]
        #expect(all.map { $0.isNull } == [true] + Array(repeating: false, count: 7))
        #expect(all.map { $0.boolValue } == [nil, true, nil, nil, nil, nil, nil, nil])
        #expect(all.map { $0.intValue } == [nil, nil, 7, nil, nil, nil, nil, nil])
        #expect(all.map { $0.doubleValue } == [nil, nil, 7, 0.5, nil, nil, nil, nil])
        #expect(all.map { $0.stringValue } == [nil, nil, nil, nil, "s", nil, nil, nil])
        #expect(all.map { $0.arrayValue } == [nil, nil, nil, nil, nil, [1], nil, nil])
        #expect(all.map { $0.objectValue } == [nil, nil, nil, nil, nil, nil, ["k": 1], nil])
        #expect(all.map { $0.binaryValue } == [nil, nil, nil, nil, nil, nil, nil, ByteBuffer(bytes: [1, 2])])
        #expect(all.map { $0["k"] } == [nil, nil, nil, nil, nil, nil, 1, nil])
        #expect(all.map { $0[0] } == [nil, nil, nil, nil, nil, 1, nil, nil])
    }

    @Test func subscriptsOutOfRangeAreNil() {
        let array: JSON = [1, 2]
        #expect(array[1] == 2)
        for index in [-1, 2, Int.min, Int.max] { #expect(array[index] == nil) }
        #expect(self.value["none"] == nil)
        #expect(self.value["object"]?["a"]?["b"]?.intValue == 1)
    }

    @Test func doublesWithoutAFractionCountAsIntegersIfTheyFit() {
        #expect(JSON.double(3).intValue == 3)
        #expect(JSON.double(-0.0).intValue == 0)
        for number in [0.5, 1e300, -1e300, .nan, .infinity, -.infinity, 0x1p63] {
            #expect(JSON.double(number).intValue == nil)
        }
        #expect(JSON.int(.min).intValue == Int.min)
    }

    @Test func binaryIsFoundAtAnyDepth() {
        let binary = JSON.binary(ByteBuffer())
        #expect(binary.containsBinary)
        #expect(JSON.array([1, ["a": [.array([binary])]]]).containsBinary)
        #expect(!self.value.containsBinary)
    }
}
