// SPDX-License-Identifier: Apache-2.0

/// A QR code (ISO/IEC 18004): a text of up to 106 bytes as a square of dark and light modules, of which about a seventh may
/// be unreadable (level M). Pure.
struct QRCode {
    /// Modules of one side.
    let size: Int
    private(set) var modules: QRModules

    /// Nil when the text is too long.
    ///
    /// - Parameter mask: of the eight; nil for whichever leaves the picture least misleading for readers.
    init?(_ text: String, mask: Int? = nil) {
        let bytes = Array(text.utf8)
        guard let version = QRVersion.all.first(where: { bytes.count <= $0.capacity }) else { return nil }
        size = version.size
        var blank = QRModules(version)
        blank.place(version.codewords(of: bytes))
        let masks = mask.map { $0...$0 } ?? 0...7
        modules = masks.map { blank.masked($0) }.min { $0.penalty < $1.penalty } ?? blank
    }

    func isDark(_ row: Int, _ column: Int) -> Bool {
        (0..<size).contains(row) && (0..<size).contains(column) && modules[row, column]
    }

    /// The code for a terminal, two rows of modules in a line, dark on light whatever the terminal's colours are.
    var terminalLines: [String] {
        let quiet = 4
        return stride(from: -quiet, to: size + quiet, by: 2).map { row in
            let signs = (-quiet..<size + quiet).map { column in
                switch (isDark(row, column), isDark(row + 1, column)) {
                case (true, true): "█"
                case (true, false): "▀"
                case (false, true): "▄"
                case (false, false): " "
                }
            }
            return "\u{1B}[30;107m" + signs.joined() + "\u{1B}[0m"
        }
    }
}
