// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import NIOCore
internal import ParleySignaling
internal import ParleySocketIO
internal import ParleyTransport

/// Runs the server with its page.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run the signaling server and its web page.",
        discussion: """
            Every option with a value is also an environment variable: --ping-interval is PARLEY_PING_INTERVAL. An option on the \
            command line wins. The page works on http://localhost at once; browsers give other addresses no camera \
            without HTTPS.
            """)

    @Option(help: "The address to listen on. (default: 127.0.0.1; with --lan 0.0.0.0, which is all of them)")
    var host: String?
    @Option(help: "The port to listen on; 0 lets the system choose.") var port = Setting.number("PORT") ?? 3000
    @Option(help: "The path of the Socket.IO endpoint.") var path = Setting.text("PATH") ?? "/socket.io"
    @Option(help: "The folder of the web page.") var web: String?
    @Flag(name: .customLong("no-web"), help: "Serve no page.") var hasNoWeb = false
    @Option(help: "A folder with the official Socket.IO client files, to be served in place of Parley's own.")
    var clientDir: String?
    @Option(help: "Event loops; the default is one for each core.") var threads: Int?
    @Option(help: "An origin whose pages may connect (repeatable), beside the server's own; * for all.")
    var origin: [String] = Setting.list("ORIGIN")
    @Option(help: "Milliseconds from a pong to the next ping.") var pingInterval =
        Setting.number("PING_INTERVAL") ?? 25_000
    @Option(help: "Milliseconds a client has to answer a ping.") var pingTimeout =
        Setting.number("PING_TIMEOUT") ?? 20_000
    @Option(help: "Milliseconds a new connection has to join a namespace.")
    var connectTimeout = Setting.number("CONNECT_TIMEOUT") ?? 10_000
    @Option(help: "The largest message, in bytes.") var maxPayload = Setting.number("MAX_PAYLOAD") ?? 1_000_000
    @Option(help: "Connections at a time from one address. (default: 256, loopback not counted)")
    var maxConnectionsPerAddress: Int?
    @Option(
        name: .customLong("trusted-proxy"),
        help: "An address or network (10.0.0.0/8) of proxies whose X-Forwarded-For is believed (repeatable).")
    var trustedProxy: [String] = Setting.list("TRUSTED_PROXY")
    @Option(
        help: """
            Packets a second from one connection, bursts of twice as many; 0 is no limit. (default: 200, and no limit on \
            loopback)
            """)
    var maxPacketsPerSecond: Int?
    @Option(
        help: "Seconds in which a client that lost its connection may come back as the peer it was; 0 for not at all.")
    var resumeWindow = Setting.number("RESUME_WINDOW") ?? 60
    @OptionGroup(title: "Authentication") var auth: AuthOptions
    @OptionGroup(title: "TLS") var tls: TLSOptions
    @OptionGroup(title: "Local network") var lan: LANOptions
    @OptionGroup(title: "ICE servers") var ice: ICEOptions
    @OptionGroup(title: "Metrics") var metrics: MetricsOptions

    func validate() throws {
        guard (0...65_535).contains(port) else { throw ValidationError("--port must be 0 to 65535, not \(port).") }
        guard path.hasPrefix("/") else { throw ValidationError("--path must begin with a slash, not \(path).") }
        for (name, value) in [
            ("ping-interval", pingInterval), ("ping-timeout", pingTimeout), ("connect-timeout", connectTimeout),
            ("max-payload", maxPayload), ("max-connections-per-address", addressLimit ?? 1),
            ("max-packets-per-second", (packetLimit ?? 0) + 1),
            ("threads", threadCount ?? 1), ("resume-window", resumeWindow + 1),
        ] where !(1...1_000_000_000).contains(value) {
            throw ValidationError("--\(name) must be 1 or more, not \(value).")
        }
        guard !lan.lan || !tls.isOn else {
            throw ValidationError("--lan makes a certificate of its own, and --tls-cert names one: choose one of them.")
        }
        _ = try trustedProxies()
    }

    func run() async throws {
        let signals = ShutdownSignals()
        var configuration = try socketIO()
        let folder = try webFolder()
        let signaling = try await signaling()
        let page = hasNoWeb ? nil : folder
        if let page { configuration.routes.append(StaticRoute(try reading(page) { try StaticFiles(directory: page) })) }
        if let client = try clientFiles(folder, configuration.transport) { configuration.routes.insert(client, at: 0) }
        let io = SocketIOServer(configuration)
        io.add(HealthRoute { [unowned io] in io.isDraining })
        try metrics.furnish(io)
        let rooms = Signaling(on: io, signaling)
        let authority = try lan.authority()
        let port = try await listen(io, authority)
        let reloading = tls.reloading(io)
        defer { reloading?.cancel() }
        let isOpen = signaling.authenticator == nil
        var network: LANMode?
        if let authority {
            network = try await LANMode(lan, authority, host: listeningHost, port: port)
            network?.announce(isOpen: isOpen)
        } else {
            announce(port, page, isOpen: isOpen)
        }
        await signals.wait()
        Console.print("parley is closing its connections; a second signal ends it at once.")
        ShutdownSignals.exit(after: .seconds(9))
        await network?.close()
        await io.drain()
        await rooms.drain()
        await io.close()
    }

    /// The port that was chosen.
    private func listen(_ io: SocketIOServer, _ authority: LocalAuthority?) async throws -> Int {
        let own = authority.map { TLSConfiguration(certificate: $0.leafPath, key: $0.leafKeyPath) }
        do {
            return try await io.start(host: listeningHost, port: port, tls: own ?? tls.configuration).port ?? port
        } catch let error as TLSFailure {
            throw error
        } catch {
            throw ListenFailure(host: listeningHost, port: port, cause: error)
        }
    }

    private var listeningHost: String { host ?? Setting.text("HOST") ?? (lan.lan ? "0.0.0.0" : "127.0.0.1") }

    private var threadCount: Int? { threads ?? Setting.number("THREADS") }
    private var addressLimit: Int? { maxConnectionsPerAddress ?? Setting.number("MAX_CONNECTIONS_PER_ADDRESS") }

    private var packetLimit: Int? { maxPacketsPerSecond ?? Setting.number("MAX_PACKETS_PER_SECOND") }

    private func trustedProxies() throws -> TrustedProxies {
        var proxies = TrustedProxies()
        for text in trustedProxy where !proxies.networks.add(text) {
            throw ValidationError(
                "--trusted-proxy must be an IP address, or a network such as 10.0.0.0/8, not \"\(text)\".")
        }
        return proxies
    }

    private func signaling() async throws -> SignalingConfiguration {
        var configuration = SignalingConfiguration()
        configuration.serverVersion = Parley.version
        configuration.resumeWindow = .seconds(Int64(resumeWindow))
        configuration.ice = try ice.configuration()
        try await auth.apply(to: &configuration)
        return configuration
    }

    private func socketIO() throws -> SocketIOConfiguration {
        var configuration = SocketIOConfiguration()
        configuration.path = path
        configuration.threads = threadCount
        configuration.pingInterval = .milliseconds(Int64(pingInterval))
        configuration.pingTimeout = .milliseconds(Int64(pingTimeout))
        configuration.connectTimeout = .milliseconds(Int64(connectTimeout))
        configuration.maxPayload = maxPayload
        configuration.transport.maxConnections = DescriptorLimit.raised()
        if let limit = addressLimit {
            configuration.transport.maxConnectionsPerAddress = limit
            configuration.transport.countsLoopback = true
        }
        configuration.transport.trustedProxies = try trustedProxies()
        configuration.transport.maxPacketsPerSecond = packetLimit ?? 200
        configuration.transport.maxPacketsPerSecondOfLoopback = packetLimit ?? 0
        configuration.origins = Set(origin)
        configuration.strictTransportSeconds = tls.strictTransportSeconds
        return configuration
    }

    private func announce(_ port: Int, _ page: String?, isOpen: Bool) {
        let shown = ["127.0.0.1", "::1"].contains(listeningHost) ? "localhost" : listeningHost
        let url = "\(tls.isOn ? "https" : "http")://\(shown):\(port)"
        Console.print("parley \(Parley.version) listens on \(url)")
        if page != nil { Console.print("Open \(url)/ in two windows to make a call.") }
        Console.print(
            isOpen
                ? "Anyone who reaches this address may use it: there is no authentication (see --token-secret-file)."
                : "Clients need a token.")
    }

    // MARK: Files

    /// The folder of the page: the named one, else `web` here or beside the program.
    private func webFolder() throws -> String? {
        if let named = web ?? Setting.text("WEB") {
            guard Folder.exists(named + "/index.html") else {
                throw FolderFailure(
                    folder: named, what: "index.html",
                    advice: "Name the folder of the page with --web, or use --no-web.")
            }
            return named
        }
        let program =
            CommandLine.arguments.first?.split(separator: "/", omittingEmptySubsequences: false).dropLast() ?? []
        let candidates = ["web", (program + ["..", "share", "parley", "web"]).joined(separator: "/")]
        let found = candidates.first { Folder.exists($0 + "/index.html") }
        if found == nil, !hasNoWeb {
            Console.warn("parley: no folder with the page was found; serving none. Name it with --web.")
        }
        return found
    }

    private func clientFiles(_ page: String?, _ transport: TransportConfiguration) throws -> ClientFiles? {
        if let clientDir = clientDir ?? Setting.text("CLIENT_DIR") {
            return try reading(clientDir) { try ClientFiles(directory: clientDir, configuration: transport) }
        }
        guard let page else { return nil }
        return try reading(page) { try ClientFiles(modules: page + "/socket.io", configuration: transport) }
    }

    private func reading<Value>(_ folder: String, _ read: () throws -> Value) throws -> Value {
        do { return try read() } catch {
            throw FolderFailure(folder: folder, what: "its files", advice: "\(error)")
        }
    }
}

/// A folder that cannot be served.
private struct FolderFailure: Error, CustomStringConvertible {
    var folder: String
    var what: String
    var advice: String

    var description: String { "Could not read \(what) in the folder \(folder). \(advice)" }
}
