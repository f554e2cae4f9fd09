// SPDX-License-Identifier: Apache-2.0
import CParleyOpenSSL
import Testing

@testable import ParleyTLS

/// A server's end and a client's, joined in memory. The client is OpenSSL's own, and checks nothing.
final class Joined {
    let server: TLSConnection
    let client: TLSConnection
    let serverBuffers = TLSBuffers()
    let clientBuffers = TLSBuffers()
    /// The client's end as OpenSSL knows it.
    let clientSSL: OpaquePointer
    private let clientContext: OpaquePointer

    init(
        _ context: TLSContext, version: CInt = TLS1_3_VERSION, host: String? = nil, session: OpaquePointer? = nil
    ) throws {
        server = try #require(TLSConnection(context, serverBuffers))
        clientContext = try #require(SSL_CTX_new(TLS_client_method()))
        #expect(parley_tls_versions(clientContext, version, version) == 1)
        clientSSL = try #require(SSL_new(clientContext))
        SSL_set_connect_state(clientSSL)
        if let host { #expect(parley_tls_name(clientSSL, host) == 1) }
        if let session { SSL_set_session(clientSSL, session) }
        client = try #require(TLSConnection(ssl: clientSSL, context, clientBuffers))
    }

    deinit { SSL_CTX_free(clientContext) }

    /// The first flight of the client.
    func hello() -> [UInt8] {
        clientBuffers.begin(UnsafeRawBufferPointer(start: nil, count: 0))
        SSL_do_handshake(clientSSL)
        return Array(clientBuffers.output)
    }

    enum End { case server, client }

    /// Gives an end what came from the other. What it says of it, and what it has to send.
    func give(_ bytes: some Sequence<UInt8>, to end: End) -> (plaintext: [UInt8], output: [UInt8]) {
        let (connection, buffers) = end == .server ? (server, serverBuffers) : (client, clientBuffers)
        return Array(bytes).withUnsafeBytes { (Array(connection.receive($0)), Array(buffers.output)) }
    }

    /// Encrypts at an end.
    func encrypt(_ bytes: [UInt8], at end: End) -> [UInt8]? {
        let (connection, buffers) = end == .server ? (server, serverBuffers) : (client, clientBuffers)
        return bytes.withUnsafeBytes { connection.encrypt($0) } ? Array(buffers.output) : nil
    }

    /// Carries flights to and fro until both are silent; `alter` may change each of them on its way.
    func converse(_ alter: ([UInt8]) -> [[UInt8]] = { [$0] }) {
        var (flight, end) = (hello(), End.server)
        for _ in 0..<8 where !flight.isEmpty {
            var answer: [UInt8] = []
            for part in alter(flight) { answer += give(part, to: end).output }
            (flight, end) = (answer, end == .server ? .client : .server)
        }
    }

    var isEstablished: Bool { server.state == .established && client.state == .established }
}
