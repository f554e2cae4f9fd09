// SPDX-License-Identifier: Apache-2.0
internal import CParleyOpenSSL

/// A certificate with its private key and those that vouch for it.
///
/// Unchecked: what the pointers refer to is not changed once it is made.
package final class TLSCertificate: @unchecked Sendable {
    /// Half of what there is room for in one handshake.
    private static let maxBytes = 48 * 1024

    let leaf: OpaquePointer
    let chain: [OpaquePointer]
    let key: OpaquePointer
    /// What messages call it.
    let name: String
    /// From when until when it holds, in seconds since 1970.
    package let validity: Range<Int64>

    /// Reads files, if there are any: blocks.
    package init(_ source: TLSConfiguration.Certificate) throws(TLSFailure) {
        let (certificate, key): ([UInt8], [UInt8])
        let (name, keyName): (String, String)
        switch source {
        case .files(let certificatePath, let keyPath):
            certificate = try PEMFile.bytes(of: certificatePath)
            key = try PEMFile.bytes(of: keyPath)
            (name, keyName) = ("the file \(certificatePath)", "the file \(keyPath)")
        case .pem(let certificateBytes, let keyBytes):
            (certificate, key) = (certificateBytes, keyBytes)
            (name, keyName) = ("the certificate given", "the key given")
        }
        let (certificates, isWhole) = Self.certificates(certificate)
        guard let leaf = certificates.first else {
            throw TLSFailure(
                "No certificate is in \(name). It must be in PEM: -----BEGIN CERTIFICATE-----, and so on.")
        }
        guard isWhole else {
            certificates.forEach(X509_free)
            throw TLSFailure("What follows certificate number \(certificates.count) in \(name) is cut off or broken.")
        }
        guard certificate.count <= Self.maxBytes else {
            certificates.forEach(X509_free)
            throw TLSFailure("There is more than \(Self.maxBytes) bytes in \(name): too much to send to every client.")
        }
        guard let privateKey = Self.privateKey(key) else {
            certificates.forEach(X509_free)
            throw TLSFailure(
                """
                No private key is in \(keyName), or it has a password. It must be in PEM, without one: \
                -----BEGIN PRIVATE KEY-----, and so on.
                """)
        }
        self.leaf = leaf
        chain = Array(certificates.dropFirst())
        self.key = privateKey
        self.name = name
        let (begin, end) = (Self.seconds(X509_get0_notBefore(leaf)), Self.seconds(X509_get0_notAfter(leaf)))
        validity = begin..<max(begin, end)
        ERR_clear_error()
        guard X509_check_private_key(leaf, privateKey) == 1 else {
            throw TLSFailure("The key in \(keyName) does not belong to the first certificate in \(name).")
        }
    }

    deinit {
        X509_free(leaf)
        chain.forEach(X509_free)
        EVP_PKEY_free(key)
    }

    /// A sentence about a certificate that clients refuse, or soon will: within two weeks, and in the last third of its time,
    /// since there are some that hold for a week.
    package func warning(at now: Int64) -> String? {
        let end = Self.text(X509_get0_notAfter(leaf))
        guard now < validity.upperBound else {
            return "The certificate in \(name) has expired (\(end)): clients will refuse it."
        }
        guard now >= validity.lowerBound else {
            return "The certificate in \(name) is not valid before \(Self.text(X509_get0_notBefore(leaf)))."
        }
        let left = validity.upperBound - now
        guard left < 14 * 86_400, left < Int64(validity.count) / 3 else { return nil }
        let time = left < 2 * 86_400 ? "\(left / 3_600) hours" : "\(left / 86_400) days"
        return "The certificate in \(name) expires in \(time) (\(end)): clients will refuse it then."
    }

    /// Whether the certificate is for a host of this name, by a wildcard (RFC 6125 §6.4.3) only if not `exactly`.
    func isFor(_ host: UnsafePointer<CChar>, exactly: Bool) -> Bool {
        X509_check_host(leaf, host, 0, exactly ? UInt32(X509_CHECK_FLAG_NO_WILDCARDS) : 0, nil) == 1
    }

    // MARK: PEM

    /// All certificates, and whether nothing but other text is behind them.
    private static func certificates(_ bytes: [UInt8]) -> (found: [OpaquePointer], isWhole: Bool) {
        guard let bio = BIO_new_mem_buf(bytes, CInt(bytes.count)) else { return ([], false) }
        defer { BIO_free(bio) }
        ERR_clear_error()
        var found: [OpaquePointer] = []
        while let next = PEM_read_bio_X509(bio, nil, nil, nil) { found.append(next) }
        return (found, ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE)
    }

    private static func privateKey(_ bytes: [UInt8]) -> OpaquePointer? {
        guard let bio = BIO_new_mem_buf(bytes, CInt(bytes.count)) else { return nil }
        defer { BIO_free(bio) }
        // Without this OpenSSL would ask for a password on the terminal.
        return PEM_read_bio_PrivateKey(bio, nil, { _, _, _, _ in -1 }, nil)
    }

    /// Seconds since 1970.
    private static func seconds(_ time: UnsafePointer<ASN1_TIME>?) -> Int64 {
        guard let epoch = ASN1_TIME_set(nil, 0) else { return 0 }
        defer { ASN1_STRING_free(epoch) }
        var (days, seconds) = (0 as CInt, 0 as CInt)
        guard ASN1_TIME_diff(&days, &seconds, epoch, time) == 1 else { return 0 }
        return Int64(days) * 86_400 + Int64(seconds)
    }

    private static func text(_ time: UnsafePointer<ASN1_TIME>?) -> String {
        guard let bio = BIO_new(BIO_s_mem()) else { return "" }
        defer { BIO_free(bio) }
        ASN1_TIME_print(bio, time)
        return String(unsafeUninitializedCapacity: 64) { Int(max(0, BIO_read(bio, $0.baseAddress, 64))) }
    }
}
