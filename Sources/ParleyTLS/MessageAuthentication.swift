// SPDX-License-Identifier: Apache-2.0
internal import CParleyOpenSSL

/// Message authentication codes, computed by the system's OpenSSL.
package enum MessageAuthentication {
    /// The 20 bytes of the HMAC-SHA1 of `message` (RFC 2104). Used where a protocol asks for it.
    package static func sha1(key: [UInt8], _ message: [UInt8]) -> [UInt8] {
        var code = [UInt8](repeating: 0, count: Int(SHA_DIGEST_LENGTH))
        var count: UInt32 = 0
        _ = HMAC(EVP_sha1(), key, Int32(key.count), message, message.count, &code, &count)
        return code
    }

    /// The 32 bytes of the HMAC-SHA256 of `message` (RFC 4231).
    package static func sha256(key: [UInt8], _ message: [UInt8]) -> [UInt8] {
        var code = [UInt8](repeating: 0, count: Int(SHA256_DIGEST_LENGTH))
        var count: UInt32 = 0
        _ = HMAC(EVP_sha256(), key, Int32(key.count), message, message.count, &code, &count)
        return code
    }
}
