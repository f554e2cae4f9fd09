// SPDX-License-Identifier: Apache-2.0
internal import ParleyJSON
internal import ParleySocketIO

/// Lets in who brings a JSON Web Token (RFC 7519) with a signature of a known key: HS256 by a secret; RS256, ES256 or EdDSA
/// by a key set.
public final class TokenAuthenticator: Authenticator {
    /// What is asked of a token beside its signature.
    public struct Rules: Sendable {
        /// The `iss` that tokens must have.
        public var issuer: String?
        /// An `aud` that tokens must have.
        public var audience: String?
        /// By how many seconds clocks may differ.
        public var leeway: Int64 = 30

        public init() {}
    }

    private let ring: KeyRing
    private let rules: Rules

    /// Tokens signed by HS256.
    ///
    /// - Parameter secret: at least 32 bytes.
    public init(secret: String, rules: Rules = Rules()) async throws(TokenKeyError) {
        ring = KeyRing(try await TokenKeys(secret: secret))
        self.rules = rules
    }

    /// Tokens signed with a key of a set that is read again every five minutes, and when a token names an unknown key, at
    /// most every half minute. When that fails the last keys stay.
    ///
    /// - Parameters:
    ///   - load: Reads the text of the key set.
    ///   - warn: Told what was passed over, and when a set could not be read again; once, until it can be.
    public init(
        rules: Rules = Rules(), warn: @escaping @Sendable (String) -> Void = { _ in },
        jwks load: @escaping @Sendable () async throws -> [UInt8]
    ) async throws {
        ring = try await KeyRing(load, warn)
        self.rules = rules
    }

    public func authenticate(_ applicant: Applicant) async throws -> Grants {
        guard let text = applicant.token, !text.isEmpty else { throw AdmissionError(.authRequired) }
        guard let token = CompactToken(text), await ring.verify(token) else { throw AdmissionError(.authInvalid) }
        return try grants(token.claims)
    }

    private func grants(_ claims: JSON) throws(AdmissionError) -> Grants {
        let now = WallClock.milliseconds / 1_000
        if let notBefore = try Self.time(claims, "nbf"), notBefore > now + rules.leeway {
            throw AdmissionError(.authInvalid, message: "The token is not valid yet.")
        }
        if let issuer = rules.issuer, claims["iss"]?.stringValue != issuer { throw AdmissionError(.authInvalid) }
        if let audience = rules.audience {
            let named = claims["aud"]?.arrayValue ?? claims["aud"].map { [$0] } ?? []
            guard named.contains(.string(audience)) else { throw AdmissionError(.authInvalid) }
        }
        var grants = try Grants(claims, userKey: "sub")
        if let end = try Self.time(claims, "exp") {
            // What the leeway lets in is let stay as long.
            grants.expiresAt = end + rules.leeway
            guard end + rules.leeway > now else { throw AdmissionError(.authExpired) }
        }
        return grants
    }

    /// A NumericDate, which may have a fraction, in seconds since 1970.
    private static func time(_ claims: JSON, _ name: String) throws(AdmissionError) -> Int64? {
        guard let value = claims[name], !value.isNull else { return nil }
        guard let seconds = value.doubleValue, seconds >= 0, seconds < 1e12 else { throw AdmissionError(.authInvalid) }
        return Int64(seconds)
    }
}
