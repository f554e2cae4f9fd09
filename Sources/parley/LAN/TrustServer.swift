// SPDX-License-Identifier: Apache-2.0
internal import NIOCore
internal import ParleyEngineIO
internal import ParleyTLS
internal import ParleyTransport

/// The plain-HTTP side of LAN mode: how to trust the authority, its certificate, and nothing else.
struct TrustServer {
    private let server: TransportServer

    /// - Parameters:
    ///   - authority: whose certificate devices are to trust.
    ///   - port: the port of the HTTPS server.
    init(_ authority: LocalAuthority, port: Int) async throws {
        let (pem, der) = try authority.texts()
        var configuration = TransportConfiguration()
        configuration.path = "/none"
        let route = TrustRoute(pem: pem, der: der, page: TrustPage(fingerprint: authority.fingerprint, port: port))
        server = try await TransportServer(
            group: EpollLoopGroup(threads: 1), configuration: configuration, routes: [route]
        ) { _ in NoSessions() }
    }

    func listen(host: String, port: Int) async throws -> SocketAddress {
        try await server.listen(host: host, port: port)
    }
    func close() async { await server.stopListening() }
}

private struct TrustRoute: HTTPRoute {
    let pem: [UInt8]
    let der: [UInt8]
    let page: TrustPage

    func handle(_ exchange: HTTPExchange) -> Bool {
        exchange.respond(answer(exchange.request))
        return true
    }

    private func answer(_ request: HTTPRequest) -> HTTPResponse {
        guard request.method == .GET || request.method == .HEAD else {
            return .text(405, "Only GET is taken here.")
        }
        switch request.path {
        case "/": return page(request)
        case "/parley-ca.crt": return certificate(der, "parley-ca.crt")
        case "/parley-ca.pem": return certificate(pem, "parley-ca.pem")
        default:
            var response = HTTPResponse(status: 302)
            response.fields = [("Location", "/")]
            return response
        }
    }

    private func page(_ request: HTTPRequest) -> HTTPResponse {
        let host = request.head.first("host") ?? "localhost"
        var response = HTTPResponse(status: 200, type: "text/html; charset=utf-8", text: page.html(forHost: host))
        response.fields += [
            ("Cache-Control", "no-store"), ("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "no-referrer"),
            ("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; img-src data:"),
        ]
        return response
    }

    private func certificate(_ bytes: [UInt8], _ name: String) -> HTTPResponse {
        var response = HTTPResponse(status: 200, type: "application/x-x509-ca-cert", body: ByteBuffer(bytes: bytes))
        response.fields += [("Content-Disposition", "attachment; filename=\"\(name)\""), ("Cache-Control", "no-store")]
        return response
    }
}

/// Nobody talks Socket.IO here.
private struct NoSessions: TransportDelegate {
    let acceptsSessions = false

    func opened(_ session: Session) -> any SessionDelegate { Nobody() }
}

private final class Nobody: SessionDelegate {
    func delivered(text: UnsafeRawBufferPointer) {}
    func delivered(binary: UnsafeRawBufferPointer) {}
    func closed(_ reason: CloseReason) {}
}
