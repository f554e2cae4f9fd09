// SPDX-License-Identifier: Apache-2.0
public import ParleyJSON

/// Signs tokens with a secret, by HS256: for tests, demonstrations and applications that have nothing else to do it.
public struct TokenSigner: Sendable {
    private let keys: TokenKeys

    /// - Parameter secret: at least 32 bytes.
    public init(secret: String) async throws(TokenKeyError) { keys = try await TokenKeys(secret: secret) }

    /// The token of an object of claims.
    public func sign(_ claims: JSON, keyID: String? = nil) throws -> String { try keys.sign(claims, keyID: keyID) }
}
