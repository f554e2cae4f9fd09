// SPDX-License-Identifier: Apache-2.0
internal import CParleyOpenSSL

/// An X.509 certificate (RFC 5280), read or made.
final class Certificate {
    let pointer: OpaquePointer

    private init(_ pointer: OpaquePointer) { self.pointer = pointer }

    deinit { X509_free(pointer) }

    /// - Parameter file: named in errors.
    init(pem: [UInt8], from file: String) throws(TLSFailure) {
        let read = PEM.read(pem) { PEM_read_bio_X509($0, nil, nil, nil) }
        guard let read else { throw .byOpenSSL("The file \(file) holds no certificate in PEM") }
        pointer = read
    }

    /// Makes one, valid from an hour ago, since clocks differ.
    ///
    /// - Parameters:
    ///   - name: its common name, of which the first 64 characters count.
    ///   - key: whose public half it certifies.
    ///   - issuer: who signs; nil for itself.
    ///   - extensions: as in OpenSSL's configuration files.
    static func make(
        _ name: String, days: Int, key: SigningKey, issuer: (certificate: Certificate, key: SigningKey)?,
        extensions: [(CInt, String)]
    ) throws(TLSFailure) -> Certificate {
        guard let pointer = X509_new() else { throw .byOpenSSL("No certificate could be made") }
        let made = Certificate(pointer)
        let subject = X509_get_subject_name(pointer)
        let authority = issuer?.certificate.pointer ?? pointer
        // 128 random bits, of which the first is 0: serial numbers are not negative.
        var generator = SystemRandomNumberGenerator()
        var serial = (0..<16).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        serial[0] &= 0x7F
        let number = BN_bin2bn(serial, CInt(serial.count), nil)
        defer { BN_free(number) }
        var isDone =
            X509_set_version(pointer, 2) == 1
            && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(pointer)) != nil
            && X509_gmtime_adj(X509_getm_notBefore(pointer), -3_600) != nil
            && X509_time_adj_ex(X509_getm_notAfter(pointer), CInt(days), 0, nil) != nil
            && X509_set_pubkey(pointer, key.pointer) == 1
            && X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, String(name.prefix(64)), -1, -1, 0) == 1
            && X509_set_issuer_name(pointer, X509_get_subject_name(authority)) == 1
        for (kind, value) in extensions where isDone {
            isDone = parley_add_extension(pointer, authority, kind, value) == 1
        }
        guard isDone, X509_sign(pointer, (issuer?.key ?? key).pointer, EVP_sha256()) > 0 else {
            throw .byOpenSSL("The certificate of \(name) could not be made")
        }
        return made
    }

    func pem() throws(TLSFailure) -> [UInt8] { try PEM.write("The certificate") { PEM_write_bio_X509($0, pointer) } }

    /// As phones take it (X.690).
    func der() throws(TLSFailure) -> [UInt8] { try PEM.write("The certificate") { i2d_X509_bio($0, pointer) } }

    /// The SHA-256 of the whole, as systems show it: `AB:CD:…`.
    var fingerprint: String {
        var digest = [UInt8](repeating: 0, count: 32)
        var count: UInt32 = 32
        X509_digest(pointer, EVP_sha256(), &digest, &count)
        return digest.map { byte in
            let text = String(byte, radix: 16, uppercase: true)
            return byte < 16 ? "0" + text : text
        }.joined(separator: ":")
    }

    /// Whether it still holds in so many days.
    func holds(inDays days: Int) -> Bool {
        var (left, seconds) = (0 as CInt, 0 as CInt)
        guard ASN1_TIME_diff(&left, &seconds, nil, X509_get0_notAfter(pointer)) == 1 else { return false }
        return left >= days && (left > 0 || seconds > 0)
    }

    /// Whether it is for a host name or an address.
    func isFor(_ name: String) -> Bool {
        X509_check_ip_asc(pointer, name, 0) == 1 || X509_check_host(pointer, name, name.utf8.count, 0, nil) == 1
    }

    func matches(_ key: SigningKey) -> Bool { X509_check_private_key(pointer, key.pointer) == 1 }

    /// What is wrong with it in the eyes of somebody who trusts `authority`; nil when nothing is.
    func fault(under authority: Certificate) -> String? {
        guard let store = X509_STORE_new(), let context = X509_STORE_CTX_new() else { return "out of memory" }
        defer {
            X509_STORE_CTX_free(context)
            X509_STORE_free(store)
        }
        X509_STORE_add_cert(store, authority.pointer)
        X509_STORE_CTX_init(context, store, pointer, nil)
        guard X509_verify_cert(context) != 1 else { return nil }
        return String(cString: X509_verify_cert_error_string(Int(X509_STORE_CTX_get_error(context))))
    }
}
