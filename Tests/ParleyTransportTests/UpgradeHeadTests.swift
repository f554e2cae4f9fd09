// SPDX-License-Identifier: Apache-2.0
import NIOCore
import NIOEmbedded
import NIOHTTP1
import ParleyTestSupport
import Testing

@testable import ParleyTransport

/// The quick reading of an upgrade, beside the decoder that reads all other requests.
@Suite struct UpgradeHeadTests {
    private static let plain = """
        GET /socket.io/?EIO=4&transport=websocket&sid=a-b_c HTTP/1.1\r
        Host: example.org:3000\r
        Connection: keep-alive, Upgrade\r
        Upgrade: websocket\r
        User-Agent: Mozilla/5.0 (X11; Linux x86_64) "quoted"\r
        Sec-WebSocket-Version: 13\r
        Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
        Cookie: a=b; c="d e"\r
        \r

        """

    private func quick(_ text: [UInt8]) -> RequestHead? {
        text.withUnsafeBytes { UpgradeHead.read($0, maxBytes: 16_384, maxFields: 100) }
    }

    /// What the decoder makes of the bytes: nil when it wants more, or refuses them, or sees more than a head in them.
    private func slow(_ text: [UInt8]) -> HTTPRequestHead? {
        let channel = EmbeddedChannel(handler: ByteToMessageHandler(HTTPRequestDecoder()))
        defer { _ = try? channel.finish() }
        do {
            try channel.writeInbound(ByteBuffer(bytes: text))
            guard case .head(let head)? = try channel.readInbound(as: HTTPServerRequestPart.self),
                case .end(nil)? = try channel.readInbound(as: HTTPServerRequestPart.self)
            else { return nil }
            return head
        } catch {
            return nil
        }
    }

    private func areSame(_ head: RequestHead, _ other: HTTPRequestHead?) -> Bool {
        guard let other else { return false }
        return head.method == other.method && head.version == other.version && head.target == other.uri
            && head.fields.elementsEqual(other.headers) { $0.name == $1.name && $0.value == $1.value }
    }

    @Test func readsThePlainForm() throws {
        let head = try #require(quick(Array(Self.plain.utf8)))
        #expect(areSame(head, slow(Array(Self.plain.utf8))))
        #expect(head.target == "/socket.io/?EIO=4&transport=websocket&sid=a-b_c")
        #expect(head.first("sec-websocket-key") == "dGhlIHNhbXBsZSBub25jZQ==")
    }

    @Test(
        arguments: [
            ("GET", "POST"), ("HTTP/1.1", "HTTP/1.0"), ("Upgrade: websocket\r\n", ""), ("Host: ", "Host:"),
            ("Host: ", "Host:  "), ("Host: ", "Host : "), (":3000\r\n", ":3000 \r\n"), (":3000\r\n", ":3000\n"),
            ("websocket\r\n", "websocket\r\nContent-Length: 0\r\n"), ("websocket\r\n", "websocket\r\n folded\r\n"),
            ("websocket\r\n", "websocket\r\nTransfer-Encoding: chunked\r\n"), ("/socket.io", "http://x/socket.io"),
            ("websocket\r\n", "websocket\r\nExpect: 100-continue\r\n"), ("&sid=", "#sid="), ("&sid=", "&s\u{e9}d="),
            ("\"quoted\"", "\u{1}"), ("Host: ", "Origin: "), ("example.org", "a,b"), ("Cookie: ", "Host: "),
            ("\"quoted\"", "caf\u{e9}"), ("\r\n\r\n", "\r\n\r\nx"), ("\r\n\r\n", "\r\n"),
        ])
    func leavesAllElseToTheDecoder(part: String, other: String) {
        let text = Self.plain.replacing(part, with: other, maxReplacements: 1)
        #expect(text != Self.plain)
        #expect(quick(Array(text.utf8)) == nil)
    }

    @Test func leavesWhatIsTooLongToTheDecoder() {
        let text = Array(Self.plain.utf8)
        for (bytes, fields) in [(text.count, 7), (text.count - 1, 100), (text.count, 6)] {
            let head = text.withUnsafeBytes { UpgradeHead.read($0, maxBytes: bytes, maxFields: fields) }
            #expect((head != nil) == (bytes == text.count && fields == 7))
        }
    }

    @Test func readsNothingThatTheDecoderReadsInAnotherWay() {
        var random = SeededGenerator(seed: 7)
        let bytes = Array(" \t\r\n:/?#=&%+\"<>\\^`{|}\u{0}\u{1}\u{7F}aZ0,;".utf8) + [0x80, 0xC3, 0xFF]
        var read = 0
        for _ in 0..<20_000 {
            var text = Array(Self.plain.utf8)
            for _ in 0..<Int.random(in: 1...2, using: &random) {
                let place = text.indices.randomElement(using: &random) ?? 0
                let byte = bytes.randomElement(using: &random) ?? 0
                switch Int.random(in: 0..<3, using: &random) {
                case 0: text[place] = byte
                case 1: text.insert(byte, at: place)
                default: text.remove(at: place)
                }
            }
            guard let head = quick(text) else { continue }
            read += 1
            let decoded = slow(text)
            #expect(areSame(head, decoded), "\(String(decoding: text, as: UTF8.self))")
            #expect(decoded.flatMap { RequestStrictness.fault(in: $0, TransportConfiguration()) } == nil)
        }
        // Most changes leave the form plain: a letter more in a name or a value.
        #expect(read > 2_000)
    }
}
