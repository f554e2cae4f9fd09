// SPDX-License-Identifier: Apache-2.0
internal import CParleyOpenSSL

/// A certificate authority for one machine, that the devices around it can be told to trust: it is made once, and
/// vouches for the machine's names and addresses. It can vouch for nobody on the public internet but this machine, should
/// its key be lost (name constraints, RFC 5280 §4.2.1.10).
package struct LocalAuthority {
    static let certificateName = "parley-ca.pem"
    static let keyName = "parley-ca-key.pem"
    static let leafName = "parley-lan.pem"
    static let leafKeyName = "parley-lan-key.pem"

    /// What has been done, and what is left to the person: a sentence each.
    package private(set) var notes: [String] = []
    /// Addresses of IPv6 that devices can reach the machine by, but not trust: providers give other ones at times, and the
    /// authority may not vouch for what it has not seen at its making.
    package private(set) var leftOut: [String] = []
    private let files: PrivateFiles
    private let certificate: Certificate
    private let key: SigningKey

    /// Reads the authority from a folder, or makes it there. Blocks.
    ///
    /// - Parameters:
    ///   - names: of the machine; it is allowed to vouch for them and for private addresses.
    ///   - isRenewed: make a new one in any case; every device has to trust it anew.
    package init(in folder: String, host: String, names: [String], isRenewed: Bool = false) throws(TLSFailure) {
        files = try PrivateFiles(folder)
        guard !isRenewed, files.has(Self.certificateName) || files.has(Self.keyName) else {
            key = try .make()
            certificate = try .make(
                "Parley local CA (\(host))", days: 3_650, key: key, issuer: nil,
                extensions: [
                    (NID_basic_constraints, "critical,CA:TRUE,pathlen:0"),
                    (NID_key_usage, "critical,keyCertSign,cRLSign"),
                    (NID_subject_key_identifier, "hash"), (NID_name_constraints, "critical," + Self.permitted(names)),
                ])
            try files.write(try key.pem(), to: Self.keyName, mode: 0o600)
            try files.write(try certificate.pem(), to: Self.certificateName, mode: 0o644)
            notes = ["Made a local certificate authority: \(files.path(Self.certificateName))."]
            return
        }
        certificate = try Certificate(pem: try files.read(Self.certificateName), from: files.path(Self.certificateName))
        key = try SigningKey(pem: try files.read(Self.keyName), from: files.path(Self.keyName))
        guard certificate.matches(key) else {
            throw TLSFailure(
                "\(files.path(Self.keyName)) is not the key of \(files.path(Self.certificateName)). \(Self.renewal)")
        }
        guard certificate.holds(inDays: 0) else {
            throw TLSFailure("The authority \(files.path(Self.certificateName)) has expired. \(Self.renewal)")
        }
        if files.isOpenToOthers(Self.keyName) {
            notes = ["Others can read \(files.path(Self.keyName)): chmod 600 it, or make a new authority."]
        }
    }

    private static let renewal = "Make a new one with: parley certs --renew. Every device has to trust it anew."

    package var certificatePath: String { files.path(Self.certificateName) }
    package var leafPath: String { files.path(Self.leafName) }
    package var leafKeyPath: String { files.path(Self.leafKeyName) }
    package var fingerprint: String { certificate.fingerprint }

    /// The authority's certificate, in PEM and in DER.
    package func texts() throws(TLSFailure) -> (pem: [UInt8], der: [UInt8]) {
        (try certificate.pem(), try certificate.der())
    }

    /// Sees to it that there is a certificate for these names, for at least a month. Blocks.
    package mutating func vouch(for names: [String]) throws(TLSFailure) {
        if let leaf = try? Certificate(pem: try files.read(Self.leafName), from: leafPath),
            let key = try? SigningKey(pem: try files.read(Self.leafKeyName), from: leafKeyPath),
            leaf.matches(key), leaf.holds(inDays: 30), names.allSatisfy(leaf.isFor),
            leaf.fault(under: certificate) == nil
        {
            return
        }
        let key = try SigningKey.make()
        let alternatives = names.map { (Self.isAddress($0) ? "IP:" : "DNS:") + $0 }.joined(separator: ",")
        // Phones take no certificate of more than 398 days.
        let leaf = try Certificate.make(
            names.first ?? "localhost", days: 397, key: key, issuer: (certificate, self.key),
            extensions: [
                (NID_basic_constraints, "critical,CA:FALSE"), (NID_key_usage, "critical,digitalSignature"),
                (NID_ext_key_usage, "serverAuth"), (NID_subject_alt_name, alternatives),
                (NID_subject_key_identifier, "hash"), (NID_authority_key_identifier, "keyid"),
            ])
        if let fault = leaf.fault(under: certificate) {
            leftOut = names.filter { Self.line(of: $0) != nil }
            if !leftOut.isEmpty {
                let addresses = leftOut.joined(separator: ", ")
                notes.append("No certificate for \(addresses): the authority does not know that network.")
                return try vouch(for: names.filter { !leftOut.contains($0) })
            }
            throw TLSFailure(
                "The authority may not vouch for \(names.joined(separator: ", ")) (\(fault)). \(Self.renewal)")
        }
        // The key last: whoever finds the new certificate with the old key waits for the other half.
        try files.write(try leaf.pem(), to: Self.leafName, mode: 0o644)
        try files.write(try key.pem(), to: Self.leafKeyName, mode: 0o600)
        notes.append("Made a certificate for \(names.joined(separator: ", ")): \(leafPath).")
    }

    /// Whether a name can be put into a certificate.
    package static func isName(_ name: String) -> Bool {
        guard !name.isEmpty, name.utf8.count <= 253 else { return false }
        if isAddress(name) { return true }
        return name.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
            !label.isEmpty && label.utf8.count <= 63 && label.first != "-" && label.last != "-"
                && label.utf8.allSatisfy { $0 == UInt8(ascii: "-") || $0 &- 0x30 < 10 || ($0 | 0x20) &- 0x61 < 26 }
        }
    }

    /// The network of a public address of IPv6, on one line: machines change their address there every day (RFC 8981). Nil
    /// for what is none.
    private static func line(of name: String) -> String? {
        guard name.contains(":"), let address = a2i_IPADDRESS(name) else { return nil }
        defer { ASN1_OCTET_STRING_free(address) }
        guard ASN1_STRING_length(address) == 16, let bytes = ASN1_STRING_get0_data(address), bytes[0] >> 5 == 1 else {
            return nil
        }
        let groups = (0..<4).map { String(Int(bytes[2 * $0]) << 8 | Int(bytes[2 * $0 + 1]), radix: 16) }
        return groups.joined(separator: ":") + "::"
    }

    private static func isAddress(_ name: String) -> Bool {
        guard let address = a2i_IPADDRESS(name) else { return false }
        ASN1_OCTET_STRING_free(address)
        return true
    }

    /// Addresses of private networks and names that mean something there only, besides the machine's own.
    private static func permitted(_ names: [String]) -> String {
        let networks = [
            "127.0.0.0/255.0.0.0", "10.0.0.0/255.0.0.0", "172.16.0.0/255.240.0.0", "192.168.0.0/255.255.0.0",
            "169.254.0.0/255.255.0.0", "100.64.0.0/255.192.0.0", "::1/ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
            "fc00::/fe00::", "fe80::/ffc0::",
        ]
        let own = names.map { name in
            guard isAddress(name) else { return "DNS:" + name }
            if let line = line(of: name) { return "IP:\(line)/ffff:ffff:ffff:ffff::" }
            return "IP:\(name)/" + (name.contains(":") ? "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff" : "255.255.255.255")
        }
        let permitted =
            networks.map { "IP:" + $0 } + ["localhost", "local", "lan", "internal", "home.arpa"].map { "DNS:" + $0 }
            + own
        return permitted.map { "permitted;" + $0 }.joined(separator: ",")
    }
}
