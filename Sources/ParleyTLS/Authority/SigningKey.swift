// SPDX-License-Identifier: Apache-2.0
internal import CParleyOpenSSL

/// A private key on the curve P-256.
final class SigningKey {
    let pointer: OpaquePointer

    private init(_ pointer: OpaquePointer) { self.pointer = pointer }

    deinit { EVP_PKEY_free(pointer) }

    static func make() throws(TLSFailure) -> SigningKey {
        guard let pointer = parley_new_key() else { throw .byOpenSSL("No key could be made") }
        return SigningKey(pointer)
    }

    /// - Parameter file: named in errors.
    init(pem: [UInt8], from file: String) throws(TLSFailure) {
        let read = PEM.read(pem) { PEM_read_bio_PrivateKey($0, nil, nil, nil) }
        guard let read else { throw .byOpenSSL("The file \(file) holds no private key in PEM") }
        pointer = read
    }

    func pem() throws(TLSFailure) -> [UInt8] {
        try PEM.write("The key") { PEM_write_bio_PrivateKey($0, pointer, nil, nil, 0, nil, nil) }
    }
}

/// PEM in memory, by OpenSSL.
enum PEM {
    static func read(_ bytes: [UInt8], _ body: (OpaquePointer) -> OpaquePointer?) -> OpaquePointer? {
        ERR_clear_error()
        guard let bio = BIO_new_mem_buf(bytes, CInt(bytes.count)) else { return nil }
        defer { BIO_free(bio) }
        return body(bio)
    }

    static func write(_ what: String, _ body: (OpaquePointer) -> CInt) throws(TLSFailure) -> [UInt8] {
        ERR_clear_error()
        guard let bio = BIO_new(BIO_s_mem()) else { throw .byOpenSSL("\(what) could not be written") }
        defer { BIO_free(bio) }
        guard body(bio) == 1 else { throw .byOpenSSL("\(what) could not be written") }
        var bytes: UnsafeMutablePointer<CChar>?
        let count = parley_bio_bytes(bio, &bytes)
        return Array(UnsafeRawBufferPointer(start: bytes, count: bytes == nil ? 0 : count))
    }
}
