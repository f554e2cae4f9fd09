// SPDX-License-Identifier: Apache-2.0
internal import FoundationEssentials
internal import JWTKit
internal import ParleyJSON

/// The keys that tokens are checked with. Each is for one algorithm, whatever a token says of itself: so no public key can
/// be taken for a shared secret, and "none" is no algorithm.
struct TokenKeys: Sendable {
    private struct Key {
        var id: String?
        var algorithm: any JWTAlgorithm
    }

    static let minSecretBytes = 32
    private static let maxKeys = 100

    private var keys: [Key] = []
    /// What was passed over, in words.
    private(set) var omissions: [String] = []

    /// One secret that signs and checks, by HS256.
    init(secret: String) async throws(TokenKeyError) {
        guard secret.utf8.count >= Self.minSecretBytes else {
            throw TokenKeyError(
                "The secret has \(secret.utf8.count) bytes; HS256 needs \(Self.minSecretBytes) or more.")
        }
        let collection = await JWTKeyCollection().add(hmac: HMACKey(from: secret), digestAlgorithm: .sha256)
        guard let algorithm = try? await collection.getKey() else { throw TokenKeyError("The secret is no key.") }
        keys = [Key(id: nil, algorithm: algorithm)]
    }

    /// The public keys of a JSON Web Key Set (RFC 7517 §5). Keys of kinds that are not taken are passed over.
    init(jwks text: [UInt8]) async throws(TokenKeyError) {
        guard let set = try? text.withUnsafeBytes({ try JSON(parsing: $0) }), let listed = set["keys"]?.arrayValue
        else {
            throw TokenKeyError("This is no JSON Web Key Set: it must be an object with an array named \"keys\".")
        }
        for (index, json) in listed.prefix(Self.maxKeys).enumerated() {
            if let key = await Self.key(json) {
                keys.append(key)
            } else {
                omissions.append("key \(json["kid"]?.stringValue ?? "number \(index + 1)") is of no kind that is taken")
            }
        }
        guard !keys.isEmpty else {
            throw TokenKeyError("The key set has no RSA, EC P-256 or Ed25519 key for signatures.")
        }
    }

    private static func key(_ json: JSON) async -> Key? {
        guard json["use"]?.stringValue ?? "sig" == "sig",
            var key = try? JSONDecoder().decode(JWK.self, from: Data(json.text.utf8))
        else { return nil }
        // A key without an algorithm would take the one that the first token names.
        let algorithm: JWK.Algorithm? =
            switch (key.keyType, json["crv"]?.stringValue) {
            case (.rsa, _): .rs256
            case (.ecdsa, "P-256"): .es256
            case (.octetKeyPair, "Ed25519"): .eddsa
            default: nil
            }
        guard let algorithm, key.algorithm ?? algorithm == algorithm,
            // RSA of less than 2048 bits is not what it was.
            algorithm != .rs256 || json["n"]?.stringValue?.utf8.count ?? 0 >= 342
        else { return nil }
        key.algorithm = algorithm
        let id = key.keyIdentifier?.string
        let name = JWKIdentifier(string: "key")
        key.keyIdentifier = name
        // Without what signs, even if it was in the set.
        key.privateExponent = nil
        guard let found = try? await JWTKeyCollection().add(jwk: key).getKey(for: name, alg: algorithm.rawValue) else {
            return nil
        }
        return Key(id: id, algorithm: found)
    }

    /// Whether there is a key that such a token could be signed with.
    func knowKey(of token: CompactToken) -> Bool { keys.contains { Self.fits($0, token) } }

    /// Whether a token was signed with one of the keys.
    func verify(_ token: CompactToken) -> Bool {
        keys.contains { key in
            Self.fits(key, token) && (try? key.algorithm.verify(token.signature, signs: token.signed)) == true
        }
    }

    /// Signs claims with the first key.
    func sign(_ claims: JSON, keyID: String? = nil) throws -> String {
        guard let key = keys.first else { throw TokenKeyError("There is no key.") }
        var header: JSON = ["alg": .string(key.algorithm.name), "typ": "JWT"]
        header.set("kid", keyID.map(JSON.string))
        return try CompactToken.text(header: header, claims: claims) { try key.algorithm.sign($0) }
    }

    private static func fits(_ key: Key, _ token: CompactToken) -> Bool {
        key.algorithm.name == token.algorithm && (key.id == nil || token.keyID == nil || key.id == token.keyID)
    }
}

/// Why there are no keys to check tokens with.
public struct TokenKeyError: Error, Sendable, CustomStringConvertible {
    public var description: String

    init(_ description: String) { self.description = description }
}
