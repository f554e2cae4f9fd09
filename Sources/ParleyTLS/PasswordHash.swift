// SPDX-License-Identifier: Apache-2.0
internal import CParleyOpenSSL

/// A password as it may be kept: salted scrypt (RFC 7914) of 32 MiB, computed by the system's OpenSSL.
package struct PasswordHash: Sendable, Equatable {
    private let salt: [UInt8]
    private let key: [UInt8]

    /// Hashes a password, which takes about a tenth of a second: never on an event loop. Nil when there is no memory for it.
    package init?(_ password: String) {
        var generator = SystemRandomNumberGenerator()
        salt = (0..<16).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        guard let key = Self.scrypt(password, salt) else { return nil }
        self.key = key
    }

    /// Whether this is the hash of `password`, found in a time that does not depend on it. As slow as hashing.
    package func matches(_ password: String) -> Bool {
        guard let other = Self.scrypt(password, salt) else { return false }
        return CRYPTO_memcmp(key, other, key.count) == 0
    }

    private static func scrypt(_ password: String, _ salt: [UInt8]) -> [UInt8]? {
        var key = [UInt8](repeating: 0, count: 32)
        let text = Array(password.utf8CString)
        let isDone = EVP_PBE_scrypt(
            text, text.count - 1, salt, salt.count, 1 << 15, 8, 1, 64 << 20, &key, key.count)
        return isDone == 1 ? key : nil
    }
}
