// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import ParleyTLS

/// Makes the certificates of LAN mode, without serving.
struct Certs: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make a local certificate authority and a certificate for this machine.",
        discussion: """
            Browsers give camera and microphone to pages from other machines only over HTTPS. The authority is made once; \
            devices that trust it accept the certificate of this machine. `parley serve --lan` does the same, and serves.
            """)

    @OptionGroup var folder: CertificateFolder
    @Flag(help: "For all names and addresses of this machine; so it is without this, too.") var lan = false
    @Flag(help: "Make a new authority; every device has to trust it anew.") var renew = false

    func run() throws {
        let authority = try folder.authority(isRenewed: renew)
        for note in authority.notes { Console.print(note) }
        Console.print(
            """
            The certificate of this machine is \(authority.leafPath), its key \(authority.leafKeyPath).
            Devices have to trust \(authority.certificatePath), SHA-256
              \(authority.fingerprint)
            Start with: parley serve --lan   (it shows each device how to do that)
            """)
    }
}

/// Where the certificates are, and for whom.
struct CertificateFolder: ParsableArguments {
    @Option(name: [.customLong("out"), .customLong("certs")], help: "The folder of the certificates.")
    var out = Setting.text("CERTS") ?? "certs"
    @Option(
        name: .customLong("name"),
        help: "A name or address of this machine that it does not know of itself (repeatable).")
    var name: [String] = Setting.list("NAME")

    func validate() throws {
        for name in name where !LocalAuthority.isName(name) {
            throw ValidationError("--name must be a host name or an IP address, not \"\(name)\".")
        }
    }

    /// The authority, with a certificate for all names of the machine. Blocks.
    func authority(isRenewed: Bool = false) throws -> LocalAuthority {
        let names = (Machine.names + name.map { $0.lowercased() }).filter(LocalAuthority.isName)
        let distinct = names.reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
        var authority = try LocalAuthority(
            in: out, host: Machine.hostName, names: distinct, isRenewed: isRenewed)
        try authority.vouch(for: distinct)
        return authority
    }
}
