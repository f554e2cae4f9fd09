// SPDX-License-Identifier: Apache-2.0
package import NIOCore
package import NIOHTTP1

/// A whole HTTP request.
package struct HTTPRequest: Sendable {
    package var head: RequestHead
    package var body: ByteBuffer
    /// The address of the client, without a port: the other end of the connection, or who a trusted proxy says it is.
    package var remoteAddress: String
    package var isSecure: Bool
    /// Whether the other end of the connection is a trusted proxy.
    package var isForwarderTrusted = false

    /// Whether a proxy says that it speaks for somebody.
    package var isForwarded: Bool { head.first("x-forwarded-for") != nil || head.first("forwarded") != nil }

    package var method: HTTPMethod { head.method }
    /// The target up to its `?`, as it was sent.
    package var path: Substring {
        let target = head.target
        return target[..<Query.mark(in: target)]
    }
    package var query: Query { Query(of: head.target) }
}

/// The parameters of a request target. The last of several equal names counts, as with the official server.
package struct Query: Sendable {
    package private(set) var items: [(name: String, value: String)] = []

    /// The parameters of a target: what is behind its `?`.
    package init(of target: Substring) {
        self.init(Substring(target.utf8[Self.mark(in: target)...].dropFirst()))
    }

    package init(_ text: Substring) {
        var text = text
        text.withUTF8 { bytes in
            items.reserveCapacity(4)
            var start = 0
            while start < bytes.count {
                let end = bytes[start...].firstIndex(of: UInt8(ascii: "&")) ?? bytes.count
                defer { start = end + 1 }
                guard end > start else { continue }
                let mark = bytes[start..<end].firstIndex(of: UInt8(ascii: "=")) ?? end
                items.append((Self.decode(bytes[start..<mark]), Self.decode(bytes[mark..<end].dropFirst())))
            }
        }
    }

    fileprivate static func mark(in target: Substring) -> String.Index {
        FieldText.index(of: UInt8(ascii: "?"), in: target)
    }

    package subscript(name: String) -> String? { items.last { $0.name == name }?.value }

    /// Undoes percent-encoding; a `%` that begins no escape stands for itself.
    package static func decode(_ text: Substring) -> String {
        var text = text
        return text.withUTF8 { decode($0[...]) }
    }

    private static func decode(_ source: Slice<UnsafeBufferPointer<UInt8>>) -> String {
        guard source.contains(where: { $0 == UInt8(ascii: "%") || $0 == UInt8(ascii: "+") }) else {
            return String(decoding: UnsafeBufferPointer(rebasing: source), as: UTF8.self)
        }
        var bytes: [UInt8] = []
        var index = source.startIndex
        while index < source.endIndex {
            if source[index] == UInt8(ascii: "%"), index + 2 < source.endIndex,
                let high = hexValue(source[index + 1]), let low = hexValue(source[index + 2])
            {
                bytes.append(high << 4 | low)
                index += 3
            } else {
                bytes.append(source[index] == UInt8(ascii: "+") ? UInt8(ascii: " ") : source[index])
                index += 1
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func hexValue(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}

/// A whole HTTP answer.
package struct HTTPResponse: Sendable {
    package var status: Int
    package var fields: [(String, String)] = []
    package var body: ByteBuffer
    /// Close the connection once the answer is written.
    package var closes = false

    package init(status: Int, type: String? = nil, body: ByteBuffer = ByteBuffer()) {
        self.status = status
        self.body = body
        if let type { fields.append(("Content-Type", type)) }
    }

    package init(status: Int, type: String, text: String) {
        self.init(status: status, type: type, body: ByteBuffer(string: text))
    }

    /// An answer in words, as a person would read it.
    package static func text(_ status: Int, _ text: String) -> HTTPResponse {
        HTTPResponse(status: status, type: "text/plain; charset=utf-8", text: text + "\n")
    }

    /// Appends status line, fields and, unless the request was a HEAD, body.
    func write(into buffer: inout ByteBuffer, keepAlive: Bool, headOnly: Bool) {
        buffer.writeString("HTTP/1.1 \(status) \(HTTPResponseStatus(statusCode: status).reasonPhrase)\r\n")
        for (name, value) in fields { buffer.writeString("\(name): \(value)\r\n") }
        if status != 304 { buffer.writeString("Content-Length: \(body.readableBytes)\r\n") }
        buffer.writeString(keepAlive ? "Connection: keep-alive\r\n\r\n" : "Connection: close\r\n\r\n")
        if !headOnly { buffer.writeImmutableBuffer(body) }
    }
}
