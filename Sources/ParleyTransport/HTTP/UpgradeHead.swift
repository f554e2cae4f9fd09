// SPDX-License-Identifier: Apache-2.0

/// Reads the head of a request that asks for another protocol, where it has the plain form that all clients send.
///
/// The decoder and the pipeline that it needs were a quarter of what a connection costs that comes, joins and leaves.
/// Whatever is not plain is left to them, errors included: nothing is read here that they would read in another way, or
/// that `RequestStrictness` would refuse.
enum UpgradeHead {
    /// The head that the bytes are, from the first to the last; nil when they are anything else.
    static func read(_ bytes: UnsafeRawBufferPointer, maxBytes: Int, maxFields: Int) -> RequestHead? {
        guard bytes.count <= maxBytes else { return nil }
        var scan = Scan(bytes: bytes)
        guard scan.takes("GET "), let target = scan.run(of: isTargetByte), target.first == UInt8(ascii: "/"),
            scan.takes(" HTTP/1.1\r\n")
        else { return nil }
        var fields = 0
        var isUpgrade = false
        var hosts = 0
        while !scan.takes("\r\n") {
            guard let name = scan.run(of: FieldText.isTokenByte), scan.takes(": "),
                let value = scan.run(of: isValueByte), scan.takes("\r\n"),
                value.first != UInt8(ascii: " "), value.last != UInt8(ascii: " "), !announcesBody(name)
            else { return nil }
            isUpgrade = isUpgrade || FieldText.matches(name, "upgrade")
            if FieldText.matches(name, "host") {
                hosts += FieldText.index(of: UInt8(ascii: ","), in: value) < value.count ? 2 : 1
            }
            fields += 1
        }
        guard isUpgrade, hosts == 1, fields <= maxFields, scan.isAtEnd else { return nil }
        // Without the method, and without the line that ends it.
        return RequestHead(plain: UnsafeRawBufferPointer(rebasing: bytes.dropFirst(4).dropLast(2)))
    }

    private static func announcesBody(_ name: UnsafeRawBufferPointer) -> Bool {
        FieldText.matches(name, "content-length") || FieldText.matches(name, "transfer-encoding")
            || FieldText.matches(name, "expect")
    }

    /// What a path and a query are made of (RFC 3986 §3.3, §3.4), and the `?` between them.
    private static func isTargetByte(_ byte: UInt8) -> Bool {
        guard byte < 0x80 else { return false }
        let allowed: UInt64 = byte < 0x40 ? 0xAFFF_FFF2_0000_0000 : 0x47FF_FFFE_87FF_FFFF
        return allowed >> UInt64(byte & 0x3F) & 1 == 1
    }

    private static func isValueByte(_ byte: UInt8) -> Bool { byte >= 0x20 && byte < 0x7F }

    private struct Scan {
        let bytes: UnsafeRawBufferPointer
        private var place = 0

        init(bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

        var isAtEnd: Bool { place == bytes.count }

        @inline(__always)
        mutating func takes(_ text: StaticString) -> Bool {
            let count = text.utf8CodeUnitCount
            guard bytes.count - place >= count else { return false }
            for index in 0..<count where bytes[place + index] != text.utf8Start[index] { return false }
            place += count
            return true
        }

        /// The longest run of such bytes; nil when there is none.
        @inline(__always)
        mutating func run(of isAllowed: (UInt8) -> Bool) -> UnsafeRawBufferPointer? {
            let start = place
            while place < bytes.count, isAllowed(bytes[place]) { place += 1 }
            return place > start ? UnsafeRawBufferPointer(rebasing: bytes[start..<place]) : nil
        }
    }
}
