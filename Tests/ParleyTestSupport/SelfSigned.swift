// SPDX-License-Identifier: Apache-2.0
internal import CParleyOpenSSL
package import ParleyTLS

/// A certificate that signs itself, and its key, in PEM, made for a test.
package struct SelfSigned {
    package let certificate: [UInt8]
    package let key: [UInt8]

    package struct Failure: Error {}

    /// - Parameters:
    ///   - names: the hosts it is for.
    ///   - days: how long from now it holds.
    package init(_ names: String..., days: Int = 90) throws {
        guard let generator = EVP_PKEY_CTX_new_id(EVP_PKEY_EC, nil) else { throw Failure() }
        defer { EVP_PKEY_CTX_free(generator) }
        EVP_PKEY_keygen_init(generator)
        EVP_PKEY_CTX_set_ec_paramgen_curve_nid(generator, NID_X9_62_prime256v1)
        var made: OpaquePointer?
        EVP_PKEY_keygen(generator, &made)
        guard let key = made, let certificate = X509_new() else { throw Failure() }
        defer {
            EVP_PKEY_free(key)
            X509_free(certificate)
        }
        X509_set_version(certificate, 2)
        ASN1_INTEGER_set(X509_get_serialNumber(certificate), Int.random(in: 1...1_000_000))
        X509_gmtime_adj(X509_getm_notBefore(certificate), -86_400 * 30)
        X509_gmtime_adj(X509_getm_notAfter(certificate), 86_400 * days)
        X509_set_pubkey(certificate, key)
        let subject = X509_get_subject_name(certificate)
        X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, names.first ?? "nobody", -1, -1, 0)
        X509_set_issuer_name(certificate, subject)
        let alternatives = X509V3_EXT_conf_nid(
            nil, nil, NID_subject_alt_name, names.map { "DNS:\($0)" }.joined(separator: ","))
        X509_add_ext(certificate, alternatives, -1)
        X509_EXTENSION_free(alternatives)
        X509_sign(certificate, key, EVP_sha256())
        self.certificate = try Self.text { PEM_write_bio_X509($0, certificate) }
        self.key = try Self.text { PEM_write_bio_PrivateKey($0, key, nil, nil, 0, nil, nil) }
    }

    package var source: TLSConfiguration.Certificate { .pem(certificate: certificate, key: key) }

    private static func text(_ write: (OpaquePointer) -> CInt) throws -> [UInt8] {
        guard let bio = BIO_new(BIO_s_mem()) else { throw Failure() }
        defer { BIO_free(bio) }
        guard write(bio) == 1 else { throw Failure() }
        var bytes = [UInt8](repeating: 0, count: 8192)
        let count = BIO_read(bio, &bytes, CInt(bytes.count))
        return Array(bytes.prefix(Int(count)))
    }
}

extension TLSContext {
    package convenience init(_ certificates: SelfSigned...) throws {
        try self.init(certificates.map { try TLSCertificate($0.source) })
    }
}
