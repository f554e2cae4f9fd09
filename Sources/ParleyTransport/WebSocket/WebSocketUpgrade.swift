// SPDX-License-Identifier: Apache-2.0
internal import NIOCore
internal import NIOHTTP1
internal import ParleyEngineIO
internal import ParleyTLS

/// The opening handshake of RFC 6455 §4.2.
enum WebSocketUpgrade {
    /// Whether a request wants to become a WebSocket, however well it says so.
    static func isAsked(by request: HTTPRequest) -> Bool {
        lists("websocket", in: "upgrade", request.headers) && lists("upgrade", in: "connection", request.headers)
    }

    /// Whether the list in a field has a token. Mostly it has nothing else.
    private static func lists(_ token: StaticString, in name: String, _ headers: HTTPHeaders) -> Bool {
        guard let first = headers.first(name: name) else { return false }
        return FieldText.matches(first, token)
            || headers[canonicalForm: name].contains { FieldText.matches(String($0), token) }
    }

    /// What is wrong with a request that wants to, nil when nothing is.
    static func fault(in request: HTTPRequest) -> String? {
        guard request.head.method == .GET, request.head.version == .http1_1 else { return "Invalid HTTP method" }
        let keys = request.headers.lazy.filter { FieldText.matches($0.name, "sec-websocket-key") }
        guard var key = keys.first?.value, keys.dropFirst().isEmpty, key.utf8.count == 24, key.hasSuffix("=="),
            key.withUTF8({ Base64.decode(UnsafeRawBufferPointer($0)) })?.count == 16
        else { return "Missing or invalid Sec-WebSocket-Key header" }
        guard let version = request.headers.first(name: "sec-websocket-version"), version == "13" || version == "8"
        else {
            return "Missing or invalid Sec-WebSocket-Version header"
        }
        return nil
    }

    /// The 101 answer. A subprotocol that is offered is taken, as the official server does; extensions are not.
    static func answer(to request: HTTPRequest, _ origins: OriginPolicy) -> ByteBuffer {
        let key = request.headers.first(name: "sec-websocket-key") ?? ""
        let accept = Digest.sha1(Array((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").utf8))
        var answer = ByteBuffer()
        answer.reserveCapacity(256)
        answer.writeStaticString(
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ")
        accept.withUnsafeBytes { Base64.encode($0, into: &answer) }
        if request.headers.contains(name: "sec-websocket-protocol"),
            let offered = request.headers[canonicalForm: "sec-websocket-protocol"].first
        {
            answer.writeString("\r\nSec-WebSocket-Protocol: \(offered)")
        }
        for (name, value) in origins.fields(for: request) { answer.writeString("\r\n\(name): \(value)") }
        answer.writeStaticString("\r\n\r\n")
        return answer
    }
}
