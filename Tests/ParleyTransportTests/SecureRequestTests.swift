// SPDX-License-Identifier: Apache-2.0
import NIOConcurrencyHelpers
import NIOCore
import NIOEmbedded
import NIOHTTP1
import ParleyEngineIO
import Testing

@testable import ParleyTransport

/// What a request is told and asked for when it came over TLS.
@Suite struct SecureRequestTests {
    private struct Delegate: TransportDelegate {
        var acceptsSessions: Bool { true }
        let wasSecure: NIOLockedValueBox<Bool?>

        func opened(_ session: Session) -> any SessionDelegate {
            wasSecure.withLockedValue { $0 = session.request.isSecure }
            return Silent()
        }
    }

    private final class Silent: SessionDelegate {
        func delivered(text: UnsafeRawBufferPointer) {}
        func delivered(binary: UnsafeRawBufferPointer) {}
        func closed(_ reason: CloseReason) {}
    }

    @Test(arguments: [true, false]) func secureConnectionsHaveSecureSessions(isSecure: Bool) throws {
        var configuration = TransportConfiguration()
        configuration.cookieName = "io"
        configuration.strictTransportSeconds = 300
        let delegate = Delegate(wasSecure: NIOLockedValueBox(nil))
        let channel = EmbeddedChannel()
        let loop = TransportLoop(eventLoop: channel.eventLoop, index: 0, configuration: configuration)
        let router = HTTPRouter(
            loops: [NIOLoopBound(loop, eventLoop: channel.eventLoop)], configuration: configuration, routes: [],
            delegate: { _ in delegate })
        try channel.pipeline.syncOperations.addHandlers([
            ByteToMessageHandler(HTTPRequestDecoder()),
            HTTPConnectionHandler(loop: loop, router: router, isSecure: isSecure, remoteAddress: PeerAddress()),
        ])
        let request = "GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: a.example\r\n\r\n"
        try channel.writeInbound(ByteBuffer(string: request))
        channel.embeddedEventLoop.run()
        let answer = String(buffer: try #require(try channel.readOutbound(as: ByteBuffer.self)))
        #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n"))
        #expect(answer.contains("; SameSite=Lax; Secure\r\n") == isSecure)
        #expect(answer.contains("\r\nStrict-Transport-Security: max-age=300\r\n") == isSecure)
        #expect(delegate.wasSecure.withLockedValue { $0 } == isSecure)
    }
}
