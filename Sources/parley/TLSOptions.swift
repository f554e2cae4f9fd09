// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import Dispatch
internal import ParleySocketIO
internal import ParleyTLS

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif

/// The certificates with which the server speaks HTTPS.
struct TLSOptions: ParsableArguments {
    @Option(
        help: """
            A certificate in PEM, followed by those that vouch for it: the server then speaks HTTPS. Repeatable, each with \
            its --tls-key; a client gets the first that has the name it asks for. Read again when the file changes, and at \
            SIGHUP.
            """)
    var tlsCert: [String] = Setting.list("TLS_CERT")
    @Option(help: "The private key of the certificate, in PEM and without a password (repeatable).")
    var tlsKey: [String] = Setting.list("TLS_KEY")
    @Option(help: "Seconds for which browsers are to use nothing but HTTPS with this host; needs --tls-cert.")
    var hsts: Int?

    /// For how many seconds browsers are told to come with HTTPS only.
    var strictTransportSeconds: Int? { hsts ?? Setting.number("HSTS") }
    /// Whether the server speaks HTTPS.
    var isOn: Bool { !tlsCert.isEmpty }

    func validate() throws {
        guard tlsCert.count == tlsKey.count else {
            throw ValidationError(
                """
                --tls-cert and --tls-key go together, a key for each certificate, not \(tlsCert.count) and \
                \(tlsKey.count).
                """)
        }
        guard let seconds = strictTransportSeconds else { return }
        guard isOn else { throw ValidationError("--hsts needs HTTPS: name a certificate with --tls-cert.") }
        guard (0...1_000_000_000).contains(seconds) else {
            throw ValidationError("--hsts must be 0 to 1000000000 seconds, not \(seconds).")
        }
    }

    /// What to listen with; nil for plain HTTP.
    var configuration: TLSConfiguration? {
        guard isOn else { return nil }
        return TLSConfiguration(zip(tlsCert, tlsKey).map { .files(certificate: $0, key: $1) }) {
            Log.warn($0)
        }
    }

    /// Lets SIGHUP read the certificates again, for as long as the result is kept; without HTTPS it ends the process as ever.
    func reloading(_ io: SocketIOServer) -> (any DispatchSourceSignal)? {
        guard isOn else { return nil }
        signal(SIGHUP, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: SIGHUP, queue: .global())
        source.setEventHandler { io.reloadCertificates() }
        source.resume()
        return source
    }
}
