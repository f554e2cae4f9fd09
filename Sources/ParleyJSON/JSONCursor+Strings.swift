// SPDX-License-Identifier: Apache-2.0

extension JSONCursor {
    /// Reads a string from its opening quote to behind its closing one; `escaped` is set if a backslash is in it.
    ///
    /// Bytes from 0x80 up are passed over: the caller knows that they are UTF-8.
    @inline(__always)
    mutating func string(escaped: inout Bool) -> JSONFault? {
        self.offset &+= 1
        // Names, ids and most values end within 32 bytes.
        if self.end &- self.offset >= 32 {
            var marks = JSONMarks.of16(self.base + self.offset)
            if marks == 0 { marks = JSONMarks.of16(self.base + (self.offset &+ 16)) &<< 16 }
            let length = marks.trailingZeroBitCount
            if marks != 0, self.byte(at: length) == UInt8(ascii: "\"") {
                self.offset &+= length &+ 1
                return nil
            }
        }
        return self.longString(escaped: &escaped)
    }

    @inline(never)
    private mutating func longString(escaped: inout Bool) -> JSONFault? {
        while true {
            self.passBlocks(escaped: &escaped)
            self.offset = JSONPlainRun.end(of: self.base, from: self.offset, to: self.end)
            guard self.offset < self.end else { return .unterminatedString }
            let byte = self.byte
            if byte == UInt8(ascii: "\"") {
                self.offset &+= 1
                return nil
            }
            guard byte == UInt8(ascii: "\\") else { return .controlByte }
            escaped = true
            if let fault = self.escape() { return fault }
        }
    }

    /// Passes over the inside of a string, 64 bytes at a time, up to something that is no plain byte and no escape of two
    /// bytes, or until little is left. From mark to mark an offer of 2.5 KB took 1,500 instructions more.
    @inline(__always)
    private mutating func passBlocks(escaped: inout Bool) {
        // What begins at the end of a block may reach four bytes beyond it.
        while self.end &- self.offset >= 64 + 4 {
            var marks = JSONMarks.of64(self.base + self.offset)
            var passed = 64
            while marks != 0 {
                let place = marks.trailingZeroBitCount
                // The end of a line of a session description, one in every thirty bytes: two marks.
                if self.word(at: place) == Self.lineEnd {
                    passed = place &+ 4
                    marks &= marks &- 1
                    marks &= marks &- 1
                } else if self.byte(at: place) == UInt8(ascii: "\\"), Self.isEscape(self.byte(at: place &+ 1)) {
                    passed = place &+ 2
                    marks &= (marks &- 1) & ~(2 &<< UInt64(place))
                } else {
                    self.offset &+= place
                    return
                }
                escaped = true
            }
            self.offset &+= max(passed, 64)
        }
    }

    /// `\r\n`, escaped, as a word.
    private static var lineEnd: UInt32 { 0x6E5C_725C }

    /// What may follow a backslash, but for the `u` that more must follow.
    @inline(__always)
    private static func isEscape(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"),
            UInt8(ascii: "t"), UInt8(ascii: "b"), UInt8(ascii: "f"):
            true
        default: false
        }
    }

    /// The byte at that distance from the cursor. Callers have checked that there is one.
    @inline(__always)
    private func byte(at distance: Int) -> UInt8 {
        self.base.load(fromByteOffset: self.offset &+ distance, as: UInt8.self)
    }

    /// The four bytes from there on, the first lowest. Callers have checked that there are as many.
    @inline(__always)
    private func word(at distance: Int) -> UInt32 {
        UInt32(littleEndian: self.base.loadUnaligned(fromByteOffset: self.offset &+ distance, as: UInt32.self))
    }

    /// Reads one escape sequence. Any four hexadecimal digits will do: `JSON.parse` lets surrogates stand alone.
    @inline(__always)
    private mutating func escape() -> JSONFault? {
        guard self.offset + 1 < self.end else { return .unterminatedString }
        let letter = self.byte(at: 1)
        if letter == UInt8(ascii: "u") { return self.unicodeEscape() }
        guard Self.isEscape(letter) else { return .badEscape }
        self.offset &+= 2
        return nil
    }

    private mutating func unicodeEscape() -> JSONFault? {
        for index in 2..<6 {
            guard self.offset + index < self.end else { return .unterminatedString }
            switch self.base.load(fromByteOffset: self.offset + index, as: UInt8.self) {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
                UInt8(ascii: "A")...UInt8(ascii: "F"):
                continue
            default:
                return .badEscape
            }
        }
        self.offset &+= 6
        return nil
    }
}
