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
