// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import ParleyTLS

/// Serving phones and other machines of the local network.
struct LANOptions: ParsableArguments {
    @Flag(
        help: """
            Serve the local network: HTTPS on all addresses, with a certificate of a local authority, and a page over plain \
            HTTP that shows devices how to trust it.
            """)
    var lan = false
    @Option(help: "The port of that page; 0 lets the system choose.")
    var lanHttpPort = Setting.number("LAN_HTTP_PORT") ?? 3080
    @OptionGroup var folder: CertificateFolder

    var isOn: Bool { lan || Setting.flag("LAN") }

    /// The authority of LAN mode, nil without it. Blocks.
    func authority() throws -> LocalAuthority? {
        guard isOn else { return nil }
        let authority = try folder.authority()
        authority.notes.forEach(Console.print)
        return authority
    }

    func validate() throws {
        guard (0...65_535).contains(lanHttpPort) else {
            throw ValidationError("--lan-http-port must be 0 to 65535, not \(lanHttpPort).")
        }
    }
}
