// SPDX-License-Identifier: Apache-2.0
internal import NIOCore
internal import NIOHTTP1
internal import ParleyEngineIO
internal import ParleyTLS

/// The opening handshake of RFC 6455 §4.2.
enum WebSocketUpgrade {
    /// Whether a request wants to become a WebSocket, however well it says so.
    static func isAsked(by request: HTTPRequest) -> Bool {
        lists("websocket", in: "upgrade", request.head) && lists("upgrade", in: "connection", request.head)
    }

    /// Whether the list in a field has a token. Mostly it has nothing else.
    private static func lists(_ token: StaticString, in name: StaticString, _ head: RequestHead) -> Bool {
        guard let first = head.first(name) else { return false }
        return FieldText.matches(first, token) || head.list(name).contains { FieldText.matches(String($0), token) }
    }

    /// What is wrong with a request that wants to, nil when nothing is.
    static func fault(in request: HTTPRequest) -> String? {
        guard request.method == .GET, request.head.version == .http1_1 else { return "Invalid HTTP method" }
        guard let key = request.head.only("sec-websocket-key"), isKey(key) else {
            return "Missing or invalid Sec-WebSocket-Key header"
        }
        guard let version = request.head.first("sec-websocket-version"), version == "13" || version == "8" else {
            return "Missing or invalid Sec-WebSocket-Version header"
        }
        return nil
    }

    /// Whether a text is sixteen bytes in base64.
    private static func isKey(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { bytes in
            bytes.count == 24 && bytes[22] == UInt8(ascii: "=") && bytes[23] == UInt8(ascii: "=")
                && Base64.areDigits(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(bytes)[..<22]))
        }
    }

    private static let magic = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

    /// Appends the 101 answer. A subprotocol that is offered is taken, as the official server does; extensions are not.
    static func answer(_ request: HTTPRequest, _ origins: OriginPolicy, into output: inout OutputBuffer) {
        output.append(
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ")
        accept(request.head.first("sec-websocket-key") ?? "", into: &output)
        if request.head.first("sec-websocket-protocol") != nil,
            let offered = request.head.list("sec-websocket-protocol").first
        {
            output.append("\r\nSec-WebSocket-Protocol: \(offered)")
        }
        for (name, value) in origins.fields(for: request) { output.append("\r\n\(name): \(value)") }
        output.append("\r\n\r\n")
    }

    /// Appends what shows that the key was read: the digest of it and of the number that RFC 6455 §1.3 gives.
    private static func accept(_ key: String, into output: inout OutputBuffer) {
        var text = key + magic
        text.withUTF8 { bytes in
            Digest.sha1(UnsafeRawBufferPointer(bytes)) { digest in
                output.append(bound: Base64.length(of: digest.count)) { Base64.encode(digest, to: $0) }
            }
        }
    }
}
