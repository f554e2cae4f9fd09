// SPDX-License-Identifier: Apache-2.0
internal import NIOHTTP1

/// Target and fields of a request: as the decoder has read them, or as they came, in one string.
///
/// The string is what `UpgradeHead` has read, and what a session keeps of the request that opened it, since most are never
/// asked for it. Fields are looked up in it where they are.
package struct RequestHead: Sendable {
    private enum Form: Sendable {
        case decoded(HTTPRequestHead)
        /// `target HTTP/1.1`, then `name: value` for each field, each with a line end. The method is GET.
        case text(String)
    }

    private let form: Form

    init(_ head: HTTPRequestHead) { form = .decoded(head) }

    /// Bytes that have the form of the text, all of them ASCII.
    init(plain bytes: UnsafeRawBufferPointer) { form = .text(String(decoding: bytes, as: UTF8.self)) }

    /// The same target and fields in one string.
    var kept: RequestHead {
        guard case .decoded(let head) = form else { return self }
        return RequestHead(kept: head)
    }

    private init(kept head: HTTPRequestHead) {
        let size = head.headers.reduce(head.uri.utf8.count + 11) { $0 + $1.name.utf8.count + $1.value.utf8.count + 4 }
        var text = ""
        text.reserveCapacity(size)
        text += head.uri
        text += " HTTP/1.1\r\n"
        for (name, value) in head.headers {
            text += name
            text += ": "
            text += value
            text += "\r\n"
        }
        form = .text(text)
    }

    var method: HTTPMethod {
        if case .decoded(let head) = form { head.method } else { .GET }
    }

    var version: HTTPVersion {
        if case .decoded(let head) = form { head.version } else { .http1_1 }
    }

    /// Whether the connection can carry another request. The decoder stops behind one that asks for another protocol, as
    /// whatever came as text does.
    var mayBeFollowed: Bool {
        guard case .decoded(let head) = form else { return false }
        return head.isKeepAlive && head.method != .CONNECT && !head.headers.contains(name: "upgrade")
    }

    /// The target as it was sent.
    package var target: Substring {
        switch form {
        case .decoded(let head): head.uri[...]
        case .text(let text): text[..<FieldText.index(of: UInt8(ascii: " "), in: text[...])]
        }
    }

    /// The fields in their order.
    package var fields: [(name: String, value: String)] {
        switch form {
        case .decoded(let head): return head.headers.map { ($0.name, $0.value) }
        case .text(let text):
            return FieldLines.read(text) { lines in
                var fields: [(name: String, value: String)] = []
                while let line = lines.next() { fields.append(line.field) }
                return fields
            }
        }
    }

    /// The value of the first field of a name, which is given in lower case.
    package func first(_ name: StaticString) -> String? {
        switch form {
        case .decoded(let head): head.headers.first(name: name.description)
        case .text(let text): FieldLines.read(text) { $0.next(name) }
        }
    }

    /// The value of the only field of a name; nil when there is none, or more than one.
    func only(_ name: StaticString) -> String? {
        switch form {
        case .decoded(let head):
            let values = head.headers[name.description]
            return values.count == 1 ? values[0] : nil
        case .text(let text):
            return FieldLines.read(text) { lines in
                let value = lines.next(name)
                return lines.next(name) == nil ? value : nil
            }
        }
    }

    /// What the fields of a name list, without the spaces around the commas (RFC 9110 §5.6.1).
    func list(_ name: StaticString) -> [Substring] {
        switch form {
        case .decoded(let head): head.headers[canonicalForm: name.description]
        case .text: HTTPHeaders(fields.map { ($0.name, $0.value) })[canonicalForm: name.description]
        }
    }
}

/// The lines of a head that is one string, behind the first.
private struct FieldLines {
    struct Line {
        let bytes: UnsafeRawBufferPointer

        func value(of name: StaticString) -> String? {
            let count = name.utf8CodeUnitCount
            guard bytes.count >= count + 2, bytes[count] == UInt8(ascii: ":"),
                FieldText.matches(UnsafeRawBufferPointer(rebasing: bytes[..<count]), name)
            else { return nil }
            return String(decoding: bytes[(count + 2)...], as: UTF8.self)
        }

        var field: (name: String, value: String) {
            let colon = FieldText.index(of: UInt8(ascii: ":"), in: bytes)
            return (
                String(decoding: bytes[..<colon], as: UTF8.self),
                String(decoding: bytes[colon...].dropFirst(2), as: UTF8.self)
            )
        }
    }

    private var rest: UnsafeRawBufferPointer

    static func read<Value>(_ text: String, _ body: (inout FieldLines) -> Value) -> Value {
        var text = text
        return text.withUTF8 { bytes in
            var lines = FieldLines(rest: UnsafeRawBufferPointer(bytes))
            _ = lines.next()
            return body(&lines)
        }
    }

    mutating func next() -> Line? {
        guard !rest.isEmpty else { return nil }
        let end = FieldText.index(of: UInt8(ascii: "\n"), in: rest)
        let line = UnsafeRawBufferPointer(rebasing: rest[..<max(0, end - 1)])
        rest = UnsafeRawBufferPointer(rebasing: rest[min(end + 1, rest.count)...])
        return Line(bytes: line)
    }

    /// The value of the next field of a name.
    mutating func next(_ name: StaticString) -> String? {
        while let line = next() {
            if let value = line.value(of: name) { return value }
        }
        return nil
    }
}
