// SPDX-License-Identifier: Apache-2.0
internal import NIOCore

/// Appends a double as `JSON.stringify` does (ECMA-262, "Number::toString"): `3` for 3.0, `0` for -0.0, `null` for NaN
/// and the infinities. The digits are the fewest that read back as the same double.
func appendJSONNumber(_ number: Double, to buffer: inout ByteBuffer) {
    guard number.isFinite else {
        buffer.writeStaticString("null")
        return
    }
    // Up to 2^53 the integer's own digits are the fewest.
    if number.magnitude <= 0x1p53, let integer = Int64(exactly: number) {
        buffer.writeString(String(integer))
        return
    }
    if number < 0 { buffer.writeInteger(UInt8(ascii: "-")) }
    JSONDecimal(number.magnitude).append(to: &buffer)
}

/// The shortest decimal form of a positive double: 0.DIGITS x 10^point.
private struct JSONDecimal {
    var digits: [UInt8] = []
    var point = 0

    /// Swift finds the same digits as JavaScript, but lays them out differently: take its text apart.
    init(_ number: Double) {
        var fraction = 0
        var exponent = 0
        var isExponentNegative = false
        var part = Part.whole
        for byte in number.description.utf8 {
            switch (byte, part) {
            case (UInt8(ascii: "."), _):
                part = .fraction
            case (UInt8(ascii: "e"), _):
                part = .exponent
            case (UInt8(ascii: "-"), _):
                isExponentNegative = true
            case (UInt8(ascii: "0")...UInt8(ascii: "9"), .exponent):
                exponent = exponent &* 10 &+ Int(byte &- UInt8(ascii: "0"))
            case (UInt8(ascii: "0")...UInt8(ascii: "9"), _):
                self.digits.append(byte)
                if part == .fraction { fraction += 1 }
            default:
                continue
            }
        }
        self.point = self.digits.count - fraction + (isExponentNegative ? -exponent : exponent)
        let zeros = self.digits.prefix { $0 == UInt8(ascii: "0") }.count
        self.digits.removeFirst(zeros)
        self.point -= zeros
        while self.digits.last == UInt8(ascii: "0") { self.digits.removeLast() }
    }

    private enum Part { case whole, fraction, exponent }

    func append(to buffer: inout ByteBuffer) {
        let count = self.digits.count
        switch self.point {
        case 1...21 where self.point >= count:
            buffer.writeBytes(self.digits)
            buffer.writeRepeatingByte(UInt8(ascii: "0"), count: self.point - count)
        case 1...21:
            buffer.writeBytes(self.digits.prefix(self.point))
            buffer.writeInteger(UInt8(ascii: "."))
            buffer.writeBytes(self.digits.dropFirst(self.point))
        case -5...0:
            buffer.writeStaticString("0.")
            buffer.writeRepeatingByte(UInt8(ascii: "0"), count: -self.point)
            buffer.writeBytes(self.digits)
        default:
            buffer.writeBytes(self.digits.prefix(1))
            if count > 1 {
                buffer.writeInteger(UInt8(ascii: "."))
                buffer.writeBytes(self.digits.dropFirst())
            }
            buffer.writeStaticString(self.point > 0 ? "e+" : "e-")
            buffer.writeString(String((self.point - 1).magnitude))
        }
    }
}
