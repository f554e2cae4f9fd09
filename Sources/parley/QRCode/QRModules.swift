// SPDX-License-Identifier: Apache-2.0

/// The picture of a QR code while it is drawn (ISO/IEC 18004, §6.3 and §7.7 to §7.9).
struct QRModules {
    let size: Int
    private var dark: [Bool]
    /// What belongs to patterns and format, and takes no data.
    private var isFixed: [Bool]

    init(_ version: QRVersion) {
        size = version.size
        dark = Array(repeating: false, count: size * size)
        isFixed = dark
        for index in 0..<size {
            set(6, index, index % 2 == 0)
            set(index, 6, index % 2 == 0)
        }
        for (row, column) in [(3, 3), (3, size - 4), (size - 4, 3)] { drawFinder(row, column) }
        if version.number > 1 { drawAlignment(size - 7, size - 7) }
        drawFormat(mask: 0)
    }

    private(set) subscript(row: Int, column: Int) -> Bool {
        get { dark[row * size + column] }
        set { dark[row * size + column] = newValue }
    }

    private mutating func set(_ row: Int, _ column: Int, _ isDark: Bool) {
        self[row, column] = isDark
        isFixed[row * size + column] = true
    }

    // MARK: Patterns

    /// Three squares in each other, and the light frame around them.
    private mutating func drawFinder(_ row: Int, _ column: Int) {
        for y in -4...4 {
            for x in -4...4 where (0..<size).contains(row + y) && (0..<size).contains(column + x) {
                let distance = max(abs(x), abs(y))
                set(row + y, column + x, distance != 2 && distance != 4)
            }
        }
    }

    private mutating func drawAlignment(_ row: Int, _ column: Int) {
        for y in -2...2 {
            for x in -2...2 { set(row + y, column + x, max(abs(x), abs(y)) != 1) }
        }
    }

    /// Level M (00) and the mask, with ten bits that correct them (§7.9.1), twice; and the module that is always dark.
    private mutating func drawFormat(mask: Int) {
        var rest = mask
        for _ in 0..<10 { rest = rest << 1 ^ (rest >> 9) * 0x537 }
        let bits = (mask << 10 | rest) ^ 0x5412
        func isSet(_ index: Int) -> Bool { bits >> index & 1 == 1 }
        for index in 0..<6 { set(index, 8, isSet(index)) }
        set(7, 8, isSet(6))
        set(8, 8, isSet(7))
        set(8, 7, isSet(8))
        for index in 9..<15 { set(8, 14 - index, isSet(index)) }
        for index in 0..<8 { set(8, size - 1 - index, isSet(index)) }
        for index in 8..<15 { set(size - 15 + index, 8, isSet(index)) }
        set(size - 8, 8, true)
    }

    // MARK: Data

    /// Up and down in columns of two, from the right, around what is fixed (§7.7.3).
    mutating func place(_ codewords: [UInt8]) {
        var index = 0
        for right in stride(from: size - 1, through: 1, by: -2).map({ $0 <= 6 ? $0 - 1 : $0 }) {
            let isUpward = (right + 1) & 2 == 0
            for step in 0..<size {
                let row = isUpward ? size - 1 - step : step
                for column in [right, right - 1] where !isFixed[row * size + column] {
                    guard index < codewords.count * 8 else { return }
                    self[row, column] = codewords[index / 8] >> UInt8(7 - index % 8) & 1 == 1
                    index += 1
                }
            }
        }
    }

    // MARK: Masks

    func masked(_ mask: Int) -> QRModules {
        var copy = self
        for row in 0..<size {
            for column in 0..<size where !isFixed[row * size + column] && Self.flips(mask, row, column) {
                copy[row, column].toggle()
            }
        }
        copy.drawFormat(mask: mask)
        return copy
    }

    /// Table 10.
    private static func flips(_ mask: Int, _ row: Int, _ column: Int) -> Bool {
        switch mask {
        case 0: (row + column) % 2 == 0
        case 1: row % 2 == 0
        case 2: column % 3 == 0
        case 3: (row + column) % 3 == 0
        case 4: (row / 2 + column / 3) % 2 == 0
        case 5: row * column % 2 + row * column % 3 == 0
        case 6: (row * column % 2 + row * column % 3) % 2 == 0
        default: ((row + column) % 2 + row * column % 3) % 2 == 0
        }
    }

    /// How much the picture could mislead a reader (§7.8.3).
    var penalty: Int {
        let rows = (0..<size).map { row in (0..<size).map { self[row, $0] } }
        let columns = (0..<size).map { column in (0..<size).map { self[$0, column] } }
        let lines = (rows + columns).reduce(0) { $0 + Self.penalty(ofLine: $1) }
        var blocks = 0
        for row in 0..<size - 1 {
            for column in 0..<size - 1 {
                let first = rows[row][column]
                let isBlock =
                    rows[row][column + 1] == first && rows[row + 1][column] == first
                    && rows[row + 1][column + 1] == first
                if isBlock { blocks += 3 }
            }
        }
        let share = dark.count { $0 } * 100 / dark.count
        return lines + blocks + abs(share - 50) / 5 * 10
    }

    /// Runs of five and more of one colour, and what looks like a finder.
    private static func penalty(ofLine line: [Bool]) -> Int {
        var penalty = 0
        var run = 0
        for (index, module) in line.enumerated() {
            run = index > 0 && module == line[index - 1] ? run + 1 : 1
            if run == 5 { penalty += 3 } else if run > 5 { penalty += 1 }
        }
        let finder = [true, false, true, true, true, false, true, false, false, false, false]
        for start in 0..<max(0, line.count - 10) {
            let part = line[start..<start + 11]
            if part.elementsEqual(finder) || part.elementsEqual(finder.reversed()) { penalty += 40 }
        }
        return penalty
    }
}
