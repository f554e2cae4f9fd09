// SPDX-License-Identifier: Apache-2.0

/// What must be known of a text before jansson recurses into it: that it is not too deep, that it has no zero byte
/// (jansson 2.14 passes over one that stands behind a number or a name), and where it has integers that jansson would
/// refuse.
///
/// This is no second parser. On a text that is not JSON it may see anything, but jansson gets no further than the first
/// fault, and up to there both see the same strings, brackets and numbers.
struct JSONSurvey {
    /// Behind the last digit of each integer that does not fit 64 bits, in order.
    private(set) var wideIntegerEnds: [Int] = []

    /// Reads `bytes` once.
    init(of bytes: UnsafeRawBufferPointer) throws(JSONError) {
        guard let base = bytes.baseAddress else { return }
        let end = bytes.count
        var depth = 0
        var offset = 0
        while offset < end {
            switch base.load(fromByteOffset: offset, as: UInt8.self) {
            case UInt8(ascii: "\""):
                offset = try Self.stringEnd(base, offset + 1, end)
            case 0:
                throw JSONFault.unexpectedByte.error(at: offset)
            case UInt8(ascii: "["), UInt8(ascii: "{"):
                depth += 1
                guard depth <= JSON.maxDepth else { throw JSONFault.tooDeep.error(at: offset) }
                offset += 1
            case UInt8(ascii: "]"), UInt8(ascii: "}"):
                depth -= 1
                offset += 1
            case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
                let start = offset
                while offset < end, Self.isNumberByte(base.load(fromByteOffset: offset, as: UInt8.self)) { offset += 1 }
                if Self.isWideInteger(UnsafeRawBufferPointer(start: base + start, count: offset - start)) {
                    self.wideIntegerEnds.append(offset)
                }
            default:
                offset += 1
            }
        }
    }

    /// Behind the closing quote, or `end`.
    private static func stringEnd(_ base: UnsafeRawPointer, _ from: Int, _ end: Int) throws(JSONError) -> Int {
        var offset = from
        while true {
            offset = JSONPlainRun.end(of: base, from: offset, to: end)
            guard offset < end else { return end }
            switch base.load(fromByteOffset: offset, as: UInt8.self) {
            case UInt8(ascii: "\""): return offset + 1
            case UInt8(ascii: "\\"): offset += min(2, end - offset)
            case 0: throw JSONFault.controlByte.error(at: offset)
            default: offset += 1
            }
        }
    }

    private static func isNumberByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."),
            UInt8(ascii: "e"), UInt8(ascii: "E"):
            true
        default:
            false
        }
    }

    /// Whether these are only digits, but for a sign, and too many for 64 bits.
    private static func isWideInteger(_ bytes: UnsafeRawBufferPointer) -> Bool {
        // 18 digits always fit.
        guard bytes.count > 18 else { return false }
        let isNegative = bytes.first == UInt8(ascii: "-")
        var value: Int64 = 0
        var overflow = false
        for byte in bytes.dropFirst(isNegative ? 1 : 0) {
            let digit = byte &- UInt8(ascii: "0")
            guard digit < 10 else { return false }
            let product = value.multipliedReportingOverflow(by: 10)
            let sum =
                isNegative
                ? product.partialValue.subtractingReportingOverflow(Int64(digit))
                : product.partialValue.addingReportingOverflow(Int64(digit))
            overflow = overflow || product.overflow || sum.overflow
            value = sum.partialValue
        }
        return overflow
    }

    /// The text with `e0` behind each wide integer: the same number, but one that jansson reads as a double.
    func respellingWideIntegers(of bytes: UnsafeRawBufferPointer) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count + 2 * self.wideIntegerEnds.count)
        var start = 0
        for end in self.wideIntegerEnds {
            text += bytes[start..<end]
            text += [UInt8(ascii: "e"), UInt8(ascii: "0")]
            start = end
        }
        text += bytes[start...]
        return text
    }

    /// Where a byte of the respelled text is in the text that came.
    func originalOffset(of offset: Int) -> Int {
        var original = offset
        for end in self.wideIntegerEnds where end < original {
            // At most the two bytes that were put in: an offset between them belongs to the number's end.
            original -= min(2, original - end)
        }
        return original
    }
}
