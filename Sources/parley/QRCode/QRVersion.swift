// SPDX-License-Identifier: Apache-2.0

/// One of the sizes of QR codes, at error correction level M (ISO/IEC 18004, table 9). Without those from 7 on, which carry
/// their version in the picture.
struct QRVersion {
    let number: Int
    let blocks: Int
    /// Of one block.
    let dataCodewords: Int
    let correctionCodewords: Int

    static let all = [
        QRVersion(number: 1, blocks: 1, dataCodewords: 16, correctionCodewords: 10),
        QRVersion(number: 2, blocks: 1, dataCodewords: 28, correctionCodewords: 16),
        QRVersion(number: 3, blocks: 1, dataCodewords: 44, correctionCodewords: 26),
        QRVersion(number: 4, blocks: 2, dataCodewords: 32, correctionCodewords: 18),
        QRVersion(number: 5, blocks: 2, dataCodewords: 43, correctionCodewords: 24),
        QRVersion(number: 6, blocks: 4, dataCodewords: 27, correctionCodewords: 16),
    ]

    var size: Int { 17 + 4 * number }
    /// Bytes of text: what mode and count leave, which take 12 bits.
    var capacity: Int { blocks * dataCodewords - 2 }

    /// The codewords of a text, in the order in which they are placed: those of all blocks in turn, then those that correct.
    func codewords(of text: [UInt8]) -> [UInt8] {
        var data = bits(of: text)
        // The rest is filled with two bytes in turn (§7.4.10).
        var filler = [0xEC, 0x11] as [UInt8]
        while data.count < blocks * dataCodewords {
            data.append(filler[0])
            filler.swapAt(0, 1)
        }
        let parts = (0..<blocks).map { Array(data[$0 * dataCodewords..<($0 + 1) * dataCodewords]) }
        let corrections = parts.map { ReedSolomon.correction(for: $0, count: correctionCodewords) }
        return (0..<dataCodewords).flatMap { index in parts.map { $0[index] } }
            + (0..<correctionCodewords).flatMap { index in corrections.map { $0[index] } }
    }

    /// Byte mode (0100), eight bits of count, the bytes, and four zero bits as the end (§7.4): all moved by half a byte.
    private func bits(of text: [UInt8]) -> [UInt8] {
        let whole = [0x40 | UInt8(text.count >> 4), UInt8(text.count & 15) << 4]
        var bytes = whole
        for byte in text {
            bytes[bytes.count - 1] |= byte >> 4
            bytes.append(byte << 4)
        }
        return bytes
    }
}

/// Reed-Solomon codes over GF(256) with the polynomial 0x11D (ISO/IEC 18004, annex A).
enum ReedSolomon {
    static func correction(for data: [UInt8], count: Int) -> [UInt8] {
        // The product of (x - 2^0)…(x - 2^(count - 1)), without its leading one.
        var generator = [UInt8](repeating: 0, count: count - 1) + [1]
        var root = 1 as UInt8
        for _ in 0..<count {
            for index in generator.indices {
                generator[index] = product(generator[index], root) ^ (index + 1 < count ? generator[index + 1] : 0)
            }
            root = product(root, 2)
        }
        return data.reduce(into: [UInt8](repeating: 0, count: count)) { rest, byte in
            let factor = byte ^ rest.removeFirst()
            rest.append(0)
            for index in rest.indices { rest[index] ^= product(generator[index], factor) }
        }
    }

    private static func product(_ left: UInt8, _ right: UInt8) -> UInt8 {
        (0..<8).reversed().reduce(0) { sum, bit in
            let doubled = sum << 1 ^ (sum >> 7 == 1 ? 0x1D : 0)
            return right >> UInt8(bit) & 1 == 1 ? doubled ^ left : doubled
        }
    }
}
