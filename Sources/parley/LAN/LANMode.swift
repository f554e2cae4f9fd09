// SPDX-License-Identifier: Apache-2.0
internal import NIOCore
internal import ParleyTLS

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif

/// LAN mode while the server runs: the page for new devices, and a certificate that keeps up with the machine's addresses.
struct LANMode {
    private let authority: LocalAuthority
    private let server: TrustServer
    private let ports: (https: Int, http: Int)
    private let host: String
    private let watch: Task<Void, Never>

    /// Starts the page for new devices.
    init(_ options: LANOptions, _ authority: LocalAuthority, host: String, port: Int) async throws {
        self.authority = authority
        self.host = host
        server = try await TrustServer(authority, port: port)
        let address: SocketAddress
        do { address = try await server.listen(host: host, port: options.lanHttpPort) } catch {
            throw ListenFailure(host: host, port: options.lanHttpPort, cause: error)
        }
        ports = (port, address.port ?? options.lanHttpPort)
        watch = Task { await Self.keepUp(options.folder) }
    }

    func close() async {
        watch.cancel()
        await server.close()
    }

    /// A machine that moves to another network gets a certificate for its new addresses, which the server reads by itself.
    @concurrent private static func keepUp(_ folder: CertificateFolder) async {
        var names = Machine.names
        var failure: String?
        while (try? await Task.sleep(for: .seconds(20))) != nil {
            let now = Machine.names
            guard now != names || failure != nil else { continue }
            names = now
            do {
                for note in try folder.authority().notes { Console.print(note) }
                failure = nil
            } catch {
                // Said once, not every time.
                if failure != "\(error)" { Log.warn("\(error)") }
                failure = "\(error)"
            }
        }
    }

    // MARK: Words

    func announce(isOpen: Bool) {
        let hosts = hosts
        Console.print("parley \(Parley.version) serves the local network. Open on any device that trusts it:")
        for host in hosts { Console.print("  https://\(host):\(ports.https)/") }
        Console.print("New devices begin here, to get and trust the certificate:")
        for host in hosts { Console.print("  http://\(host):\(ports.http)/") }
        if isatty(STDOUT_FILENO) == 1, let host = hosts.first, let code = QRCode("http://\(host):\(ports.http)/") {
            for line in code.terminalLines { Console.print(line) }
        }
        Console.print("SHA-256 of the authority: \(authority.fingerprint)")
        Console.print(
            isOpen
                ? "Anyone in this network may use it: there is no authentication (see --token-secret-file)."
                : "Clients have to authenticate.")
    }

    /// As they stand in URLs, what others can reach first. All are in the certificate.
    private var hosts: [String] {
        guard ListeningURL.all.contains(host) else { return [ListeningURL.host(host)] }
        let reachable = Machine.addresses.filter { address in
            (host == "::" || !address.contains(":")) && !authority.leftOut.contains(address)
        }
        let named = Machine.names.filter { $0.hasSuffix(".local") }
        return reachable.map(ListeningURL.host) + named + (reachable.isEmpty ? ["localhost"] : [])
    }
}
