// SPDX-License-Identifier: Apache-2.0

/// A reading position in bytes that somebody else keeps alive: the lexical half of the scanner.
///
/// Each method reads one token and returns nil, or the fault with `offset` left at the byte at fault. Nothing reads at
/// or beyond `end`.
struct JSONCursor {
    let base: UnsafeRawPointer
    let end: Int
    var offset = 0

    init(base: UnsafeRawPointer, count: Int) {
        self.base = base
        self.end = count
    }

    /// The byte under the cursor. Callers have checked `offset < end`.
    @inline(__always)
    var byte: UInt8 { self.base.load(fromByteOffset: self.offset, as: UInt8.self) }

    @inline(__always)
    var isAtEnd: Bool { self.offset >= self.end }

    /// RFC 8259, section 2: space, tab, line feed, carriage return, and nothing else.
    @inline(__always)
    mutating func skipWhiteSpace() {
        while self.offset < self.end {
            let byte = self.byte
            if byte > 0x20 { return }
            guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return }
            self.offset &+= 1
        }
    }

    /// The first byte of the next token, white space passed over; 0, which begins none, at the end.
    @inline(__always)
    mutating func token() -> UInt8 {
        self.skipWhiteSpace()
        return self.isAtEnd ? 0 : self.byte
    }

    /// What is wrong with the byte under the cursor: `fault`, or that there is none.
    @inline(__always)
    func fault(_ fault: JSONFault) -> JSONFault { self.isAtEnd ? .unexpectedEnd : fault }

    /// Reads a string from its opening quote to behind its closing one; `escaped` is set if a backslash is in it.
    ///
    /// Bytes from 0x80 up are passed over: the caller knows that they are UTF-8.
    @inline(__always)
    mutating func string(escaped: inout Bool) -> JSONFault? {
        self.offset &+= 1
        while true {
            self.offset = JSONPlainRun.end(of: self.base, from: self.offset, to: self.end)
            guard self.offset < self.end else { return .unterminatedString }
            let byte = self.byte
            if byte == UInt8(ascii: "\"") {
                self.offset &+= 1
                return nil
            }
            guard byte == UInt8(ascii: "\\") else { return .controlByte }
            escaped = true
            // The end of a line of a session description, one in every forty bytes.
            if self.end &- self.offset >= 4, self.word == Self.lineEnd {
                self.offset &+= 4
            } else if let fault = self.escape() {
                return fault
            }
        }
    }

    /// `\r\n`, escaped, as a word.
    private static var lineEnd: UInt32 { 0x6E5C_725C }

    /// The four bytes from the cursor on, the first lowest. Callers have checked that there are as many.
    @inline(__always)
    private var word: UInt32 {
        UInt32(littleEndian: self.base.loadUnaligned(fromByteOffset: self.offset, as: UInt32.self))
    }

    /// Reads one escape sequence. Any four hexadecimal digits will do: `JSON.parse` lets surrogates stand alone.
    @inline(__always)
    private mutating func escape() -> JSONFault? {
        guard self.offset + 1 < self.end else { return .unterminatedString }
        switch self.base.load(fromByteOffset: self.offset + 1, as: UInt8.self) {
        case UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"),
            UInt8(ascii: "t"), UInt8(ascii: "b"), UInt8(ascii: "f"):
            self.offset &+= 2
            return nil
        case UInt8(ascii: "u"):
            return self.unicodeEscape()
        default:
            return .badEscape
        }
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

    /// Reads a number of any size. What follows it is the caller's to judge.
    @inline(__always)
    mutating func number() -> JSONFault? {
        if self.byte == UInt8(ascii: "-") { self.offset &+= 1 }
        guard self.offset < self.end else { return .unexpectedEnd }
        if self.byte == UInt8(ascii: "0") {
            self.offset &+= 1
        } else if !self.digits() {
            return .badNumber
        }
        if self.offset < self.end, self.byte == UInt8(ascii: ".") {
            self.offset &+= 1
            guard self.digits() else { return .badNumber }
        }
        // Setting bit 5 makes "E" an "e"; nothing else becomes one but "e".
        if self.offset < self.end, self.byte | 0x20 == UInt8(ascii: "e") {
            self.offset &+= 1
            if self.offset < self.end, self.byte == UInt8(ascii: "+") || self.byte == UInt8(ascii: "-") {
                self.offset &+= 1
            }
            guard self.digits() else { return .badNumber }
        }
        return nil
    }

    /// Passes over digits; false if there is none.
    @inline(__always)
    private mutating func digits() -> Bool {
        let first = self.offset
        while self.offset < self.end, self.byte &- UInt8(ascii: "0") < 10 { self.offset &+= 1 }
        return self.offset > first
    }

    /// Passes over one of the three names; false, and the cursor stays, if it is not there in full.
    @inline(__always)
    mutating func skip(_ name: StaticString) -> Bool {
        let length = name.utf8CodeUnitCount
        guard self.end &- self.offset >= length else { return false }
        for index in 0..<length {
            let byte = self.base.load(fromByteOffset: self.offset &+ index, as: UInt8.self)
            guard byte == name.utf8Start[index] else { return false }
        }
        self.offset &+= length
        return true
    }
}
