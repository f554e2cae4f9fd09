// SPDX-License-Identifier: Apache-2.0
internal import CParleyOpenSSL

/// What all connections of a listener share: certificates, and what is spoken with whom. The recommendation *intermediate*
/// of Mozilla (version 5.7): TLS 1.2 and 1.3, forward secrecy, authenticated ciphers.
///
/// Unchecked: OpenSSL locks what of it changes when a connection is made; the rest is as it was made.
package final class TLSContext: @unchecked Sendable {
    private static let ciphers = [
        "ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-GCM-SHA384",
        "ECDHE-RSA-AES256-GCM-SHA384", "ECDHE-ECDSA-CHACHA20-POLY1305", "ECDHE-RSA-CHACHA20-POLY1305",
    ].joined(separator: ":")

    /// The context of the first certificate, with which every connection begins.
    let pointer: OpaquePointer
    private let choices: [(certificate: TLSCertificate, pointer: OpaquePointer)]

    /// Throws what OpenSSL has against a certificate, or that there is none. Does not block.
    package init(_ certificates: [TLSCertificate]) throws(TLSFailure) {
        var choices: [(certificate: TLSCertificate, pointer: OpaquePointer)] = []
        do throws(TLSFailure) {
            for certificate in certificates { choices.append((certificate, try Self.make(certificate))) }
            guard let first = choices.first else { throw TLSFailure("TLS needs a certificate.") }
            pointer = first.pointer
        } catch {
            for choice in choices { SSL_CTX_free(choice.pointer) }
            throw error
        }
        self.choices = choices
        // With one certificate there is nothing to choose.
        guard choices.count > 1 else { return }
        parley_tls_on_server_name(
            pointer, { ssl, _, argument in TLSContext.choose(ssl, argument) }, Unmanaged.passUnretained(self).toOpaque()
        )
    }

    deinit { for choice in choices { SSL_CTX_free(choice.pointer) } }

    private static func make(_ certificate: TLSCertificate) throws(TLSFailure) -> OpaquePointer {
        ERR_clear_error()
        guard let context = SSL_CTX_new(TLS_server_method()) else { throw .byOpenSSL("TLS cannot be set up") }
        parley_tls_modes(context)
        let isSet =
            parley_tls_versions(context, TLS1_2_VERSION, TLS1_3_VERSION) == 1
            && SSL_CTX_set_cipher_list(context, ciphers) == 1
            && parley_tls_groups(context, "X25519:P-256:P-384") == 1
            // OpenSSL's default is two, for clients that come back twice at a time.
            && SSL_CTX_set_num_tickets(context, 1) == 1
            && SSL_CTX_use_certificate(context, certificate.leaf) == 1
            && SSL_CTX_use_PrivateKey(context, certificate.key) == 1
            && certificate.chain.allSatisfy { parley_tls_add_chain(context, $0) == 1 }
        SSL_CTX_set_alpn_select_cb(
            context,
            { _, out, count, offered, length, _ in
                TLSContext.chooseProtocol(out, count, offered, length)
            }, nil)
        guard isSet else {
            SSL_CTX_free(context)
            throw .byOpenSSL("OpenSSL does not take \(certificate.name)")
        }
        return context
    }

    /// Called by OpenSSL in a handshake, whose connection keeps the context alive.
    private static func choose(_ ssl: OpaquePointer?, _ argument: UnsafeMutableRawPointer?) -> CInt {
        guard let argument, let ssl, let host = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name) else {
            return SSL_TLSEXT_ERR_NOACK
        }
        let choices = Unmanaged<TLSContext>.fromOpaque(argument).takeUnretainedValue().choices
        let found =
            choices.first { $0.certificate.isFor(host, exactly: true) }
            ?? choices.first { $0.certificate.isFor(host, exactly: false) }
        guard let found else { return SSL_TLSEXT_ERR_NOACK }
        SSL_set_SSL_CTX(ssl, found.pointer)
        return SSL_TLSEXT_ERR_OK
    }

    private static let http: StaticString = "\u{8}http/1.1"

    /// A client that offers protocols, but not ours, is told so (RFC 7301 §3.2).
    private static func chooseProtocol(
        _ out: UnsafeMutablePointer<UnsafePointer<UInt8>?>?, _ count: UnsafeMutablePointer<UInt8>?,
        _ offered: UnsafePointer<UInt8>?, _ length: UInt32
    ) -> CInt {
        var chosen: UnsafeMutablePointer<UInt8>?
        let result = SSL_select_next_proto(
            &chosen, count, http.utf8Start, UInt32(http.utf8CodeUnitCount), offered, length)
        out?.pointee = UnsafePointer(chosen)
        return result == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL
    }
}
