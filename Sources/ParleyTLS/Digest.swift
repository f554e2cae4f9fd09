// SPDX-License-Identifier: Apache-2.0
internal import CParleyOpenSSL

/// Message digests, computed by the system's OpenSSL.
package enum Digest {
    /// Calls `body` with the 20 bytes of the SHA-1 digest of `bytes`. Used where a protocol asks for it (RFC 6455 §4.2.2), never for secrecy.
    package static func sha1(_ bytes: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) -> Void) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Int(SHA_DIGEST_LENGTH)) { digest in
            digest.initialize(repeating: 0)
            _ = EVP_Digest(bytes.baseAddress, bytes.count, digest.baseAddress, nil, fetchedSHA1 ?? EVP_sha1(), nil)
            body(UnsafeRawBufferPointer(digest))
        }
    }

    /// Looked up once: OpenSSL would otherwise do it for each digest, which costs more than the digest. Never changed, and
    /// kept as long as the process lives.
    private nonisolated(unsafe) static let fetchedSHA1 = EVP_MD_fetch(nil, "SHA1", nil)
}
