// SPDX-License-Identifier: Apache-2.0
internal import ParleyEngineIO
internal import ParleyJSON

/// A token as it travels: a JSON Web Signature in its compact form (RFC 7515 §3.1) over claims (RFC 7519). Nothing in it
/// is to be believed before its signature is.
struct CompactToken {
    static let maxBytes = 8_192

    /// The algorithm that it says it was signed with.
    let algorithm: String
    /// The name of the key, when it names one.
    let keyID: String?
    let claims: JSON
    let signed: [UInt8]
    let signature: [UInt8]

    /// Nil when the text is no token.
    init?(_ text: String) {
        guard text.utf8.count <= Self.maxBytes else { return nil }
        let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 3, let header = Self.json(parts[0]), let claims = Self.json(parts[1]),
            let algorithm = header["alg"]?.stringValue, let signature = Self.decode(parts[2]),
            // What must be understood and is not (RFC 7515 §4.1.11).
            header["crit"] == nil
        else { return nil }
        self.algorithm = algorithm
        self.claims = claims
        self.signature = signature
        keyID = header["kid"]?.stringValue
        signed = Array(text.utf8.prefix(parts[0].count + 1 + parts[1].count))
    }

    /// Signs claims.
    static func text(header: JSON, claims: JSON, sign: ([UInt8]) throws -> [UInt8]) rethrows -> String {
        let signed = encode(Array(header.text.utf8)) + "." + encode(Array(claims.text.utf8))
        return try signed + "." + encode(sign(Array(signed.utf8)))
    }

    private static func json(_ part: Substring.UTF8View.SubSequence) -> JSON? {
        guard let bytes = decode(part), let json = try? bytes.withUnsafeBytes({ try JSON(parsing: $0) }),
            json.objectValue != nil
        else { return nil }
        return json
    }

    // The alphabet of URLs (RFC 4648 §5), without padding.
    private static func decode(_ part: Substring.UTF8View.SubSequence) -> [UInt8]? {
        let text = part.map { byte in
            switch byte {
            case UInt8(ascii: "-"): UInt8(ascii: "+")
            case UInt8(ascii: "_"): UInt8(ascii: "/")
            case UInt8(ascii: "+"), UInt8(ascii: "/"), UInt8(ascii: "="): UInt8(ascii: "?")
            default: byte
            }
        }
        return text.withUnsafeBytes(Base64.decode)
    }

    private static func encode(_ bytes: [UInt8]) -> String {
        let text = Base64.encode(bytes).utf8.compactMap { byte -> UInt8? in
            switch byte {
            case UInt8(ascii: "+"): UInt8(ascii: "-")
            case UInt8(ascii: "/"): UInt8(ascii: "_")
            case UInt8(ascii: "="): nil
            default: byte
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}
