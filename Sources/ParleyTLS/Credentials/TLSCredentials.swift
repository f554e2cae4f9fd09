// SPDX-License-Identifier: Apache-2.0
internal import Dispatch
internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif

/// The certificates of a listener, which may be replaced while it runs: new connections get what was read last, those that
/// live keep what they began with.
package final class TLSCredentials: Sendable {
    /// How often is looked whether a file has changed. A change counts when the files have stayed the same for as long, so
    /// that a new certificate and its key, written one after the other, are read together.
    private static let pause = DispatchTimeInterval.seconds(1)
    /// Seconds after which is said again what is wrong with a certificate.
    private static let reminder: Int64 = 86_400

    private struct State {
        var context: TLSContext
        /// The files as they were when they were read, and when they were looked at last.
        var read: [PEMFile.Version]
        var seen: [PEMFile.Version]
        var failure: TLSFailure?
        var certificates: [TLSCertificate]
        /// When it was said what is wrong with them, in seconds since 1970.
        var warnedAt: Int64
    }

    private let configuration: TLSConfiguration
    private let state: Mutex<State>
    private let now: @Sendable () -> Int64
    private let queue = DispatchQueue(label: "parley-certificates")

    /// Reads the certificates, which blocks, and watches their files from then on.
    package convenience init(_ configuration: TLSConfiguration) throws(TLSFailure) {
        try self.init(unwatched: configuration)
        lookLater()
    }

    /// Looks at the files and the time only when it is told to.
    init(
        unwatched configuration: TLSConfiguration, now: @escaping @Sendable () -> Int64 = { Int64(time(nil)) }
    ) throws(TLSFailure) {
        self.configuration = configuration
        self.now = now
        let versions = Self.versions(configuration)
        let (context, certificates) = try Self.context(configuration)
        state = Mutex(
            State(context: context, read: versions, seen: versions, certificates: certificates, warnedAt: now()))
        warn(certificates)
    }

    /// For a new connection. Any thread; takes a lock for a moment.
    package var context: TLSContext { state.withLock { $0.context } }

    /// When the first of the certificates ends, in seconds since 1970.
    package var expiry: Int64 { state.withLock { $0.certificates.map(\.validity.upperBound).min() ?? 0 } }

    /// Reads the files again, soon and on a thread of its own, whether they have changed or not.
    package func reload() { queue.async { self.read(Self.versions(self.configuration)) } }

    private func lookLater() {
        queue.asyncAfter(deadline: .now() + Self.pause) { [weak self] in
            self?.look()
            self?.lookLater()
        }
    }

    func look() {
        let versions = Self.versions(configuration)
        let hasChanged = state.withLock { state in
            defer { state.seen = versions }
            return versions != state.read && versions == state.seen
        }
        if hasChanged { read(versions) }
        let due = state.withLock { state in
            guard now() - state.warnedAt >= Self.reminder else { return [TLSCertificate]() }
            state.warnedAt = now()
            return state.certificates
        }
        warn(due)
    }

    private func warn(_ certificates: [TLSCertificate]) {
        for certificate in certificates { certificate.warning(at: now()).map(configuration.report) }
    }

    /// On the queue, so one after the other.
    private func read(_ versions: [PEMFile.Version]) {
        do throws(TLSFailure) {
            let (context, certificates) = try Self.context(configuration)
            state.withLock { state in
                state.context = context
                state.read = versions
                state.failure = nil
                state.certificates = certificates
                state.warnedAt = now()
            }
            warn(certificates)
            configuration.report("The certificate was read again; new connections get it.")
        } catch {
            let isNew = state.withLock { state in
                defer { state.failure = error }
                state.read = versions
                return state.failure != error
            }
            if isNew { configuration.report("\(error) The certificate that was read before stays in use.") }
        }
    }

    private static func context(
        _ configuration: TLSConfiguration
    ) throws(TLSFailure) -> (TLSContext, [TLSCertificate]) {
        var certificates: [TLSCertificate] = []
        for source in configuration.certificates { certificates.append(try TLSCertificate(source)) }
        return (try TLSContext(certificates), certificates)
    }

    private static func versions(_ configuration: TLSConfiguration) -> [PEMFile.Version] {
        configuration.certificates.flatMap { source in
            guard case .files(let certificate, let key) = source else { return [PEMFile.Version]() }
            return [PEMFile.version(certificate), PEMFile.version(key)]
        }
    }
}
