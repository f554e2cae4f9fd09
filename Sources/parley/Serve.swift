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
            Every option is also an environment variable, and a key of the file that --config names: --ping-interval is \
            PARLEY_PING_INTERVAL, and "ping-interval" there. The command line wins over the environment, and that over the \
            file. The page works on http://localhost at once; browsers give other addresses no camera \
            without HTTPS.
            """)

    @Option(help: "A file with settings in JSON, such as {\"port\": 8080}; see parley config. (PARLEY_CONFIG)")
    var config: String?
    @Option(help: "The address to listen on; :: for all of them. (default: 127.0.0.1; with --lan all)")
    var host: String?
    @Option(help: "The port to listen on; 0 lets the system choose.") var port = Setting.number("PORT") ?? 3000
    @Option(help: "The path of the Socket.IO endpoint.") var path = Setting.text("PATH") ?? "/socket.io"
    @Option(help: "Event loops; the default is one for each core.") var threads: Int?
    @Option(
        help: """
            Microseconds that a loop may ask for more before it sleeps, where clients answer that soon; 0 for never.
            """)
    var busyPoll = Setting.number("BUSY_POLL") ?? 50
    @Option(help: "An origin whose pages may connect (repeatable), beside the server's own; * for all.")
    var origin: [String] = Setting.list("ORIGIN")
    @Option(
        help: "Seconds in which a client that lost its connection may come back as the peer it was; 0 for not at all.")
    var resumeWindow = Setting.number("RESUME_WINDOW") ?? 60
    @OptionGroup(title: "Page") var page: PageOptions
    @OptionGroup(title: "TLS") var tls: TLSOptions
    @OptionGroup(title: "Local network") var lan: LANOptions
    @OptionGroup(title: "Authentication") var auth: AuthOptions
    @OptionGroup(title: "Administration") var admin: AdminOptions
    @OptionGroup(title: "ICE servers") var ice: ICEOptions
    @OptionGroup(title: "Limits") var limits: LimitOptions
    @OptionGroup(title: "Metrics") var metrics: MetricsOptions
    @OptionGroup(title: "Logs") var logs: LogOptions
    @OptionGroup(title: "Events") var events: EventWebhookOptions

    private var threadCount: Int? { threads ?? Setting.number("THREADS") }
    private var listeningHost: String {
        host ?? Setting.text("HOST") ?? (lan.isOn ? Machine.allAddresses : "127.0.0.1")
    }

    func validate() throws {
        guard (0...65_535).contains(port) else { throw ValidationError("--port must be 0 to 65535, not \(port).") }
        guard path.hasPrefix("/") else { throw ValidationError("--path must begin with a slash, not \(path).") }
        for (name, value, least) in [
            ("threads", threadCount ?? 1, 1), ("resume-window", resumeWindow, 0), ("busy-poll", busyPoll, 0),
        ] where !(least...1_000_000_000).contains(value) {
            throw ValidationError("--\(name) must be \(least) to 1000000000, not \(value).")
        }
        guard !lan.isOn || !tls.isOn else {
            throw ValidationError("--lan makes a certificate of its own, and --tls-cert names one: choose one of them.")
        }
    }

    func run() async throws {
        let signals = ShutdownSignals()
        logs.begin()
        defer { Log.finish() }
        var configuration = try socketIO()
        let hasPage = try page.furnish(&configuration)
        let signaling = try await signaling()
        if logs.tellsLives, let journal = signaling.journal { Log.follow(journal) }
        let io = SocketIOServer(configuration)
        io.add(HealthRoute { [unowned io] in io.isDraining })
        let rooms = Signaling(on: io, signaling)
        try metrics.furnish(io, rooms)
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
            announce(port, hasPage: hasPage, isOpen: isOpen)
        }
        await signals.wait()
        Console.print("parley is closing its connections; a second signal ends it at once.")
        ShutdownSignals.exit(afterSeconds: 9)
        await network?.close()
        await io.drain()
        await rooms.drain()
        await io.close()
        await rooms.finish()
    }

    /// The port that was chosen.
    private func listen(_ io: SocketIOServer, _ authority: LocalAuthority?) async throws -> Int {
        let own = authority.map { authority in
            TLSConfiguration([.files(certificate: authority.leafPath, key: authority.leafKeyPath)]) {
                Log.warn($0)
            }
        }
        do {
            return try await io.start(host: listeningHost, port: port, tls: own ?? tls.configuration).port ?? port
        } catch let error as TLSFailure {
            throw error
        } catch {
            throw ListenFailure(host: listeningHost, port: port, cause: error)
        }
    }

    private func signaling() async throws -> SignalingConfiguration {
        var configuration = SignalingConfiguration()
        configuration.serverVersion = Parley.version
        configuration.resumeWindow = .seconds(Int64(resumeWindow))
        configuration.ice = try ice.configuration()
        try await auth.apply(to: &configuration)
        configuration.admin = try admin.configuration(
            serverID: Machine.hostName, hasTokens: configuration.authenticator != nil)
        configuration.eventWebhook = try events.configuration()
        if logs.tellsLives { configuration.journal = Journal() }
        return configuration
    }

    private func socketIO() throws -> SocketIOConfiguration {
        var configuration = SocketIOConfiguration()
        configuration.path = path
        configuration.threads = threadCount
        configuration.busyPoll = .microseconds(busyPoll)
        try limits.apply(to: &configuration)
        configuration.origins = Set(origin)
        configuration.strictTransportSeconds = tls.strictTransportSeconds
        return configuration
    }

    private func announce(_ port: Int, hasPage: Bool, isOpen: Bool) {
        let listening = ListeningURL(scheme: tls.isOn ? "https" : "http", host: listeningHost, port: port)
        let scope = listening.isForAll ? " (all addresses)" : ""
        Console.print("parley \(Parley.version) listens on \(listening.text)\(scope)")
        if hasPage { Console.print("Open \(listening.here)/ in two windows to make a call.") }
        Console.print(
            isOpen
                ? "Anyone who reaches this address may use it: there is no authentication (see --token-secret-file)."
                : "Clients have to authenticate.")
    }
}
