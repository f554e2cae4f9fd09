// SPDX-License-Identifier: Apache-2.0

/// The keys at hand, and where newer ones come from. Signatures are checked here, off the event loops.
actor KeyRing {
    /// After this long, the next token has the set read again, without waiting for it.
    private static let age = Duration.seconds(300)

    private var keys: TokenKeys
    private let load: (@Sendable () async throws -> [UInt8])?
    private let warn: @Sendable (String) -> Void
    /// Whatever tokens come, the set is read no more often than this.
    private let pause: Duration
    private var loadedAt = ContinuousClock.now
    private var hasFailed = false

    init(_ keys: TokenKeys) {
        self.keys = keys
        load = nil
        warn = { _ in }
        pause = .zero
    }

    init(
        pause: Duration = .seconds(30), _ load: @escaping @Sendable () async throws -> [UInt8],
        _ warn: @escaping @Sendable (String) -> Void
    ) async throws {
        keys = try await TokenKeys(jwks: load())
        keys.omissions.forEach(warn)
        self.load = load
        self.warn = warn
        self.pause = pause
    }

    func verify(_ token: CompactToken) async -> Bool {
        let age = ContinuousClock.now - loadedAt
        if load != nil, age >= pause {
            if !keys.knowKey(of: token) {
                await refresh()
            } else if age >= Self.age {
                loadedAt = .now
                Task { await refresh() }
            }
        }
        return keys.verify(token)
    }

    private func refresh() async {
        guard let load else { return }
        loadedAt = .now
        do {
            keys = try await TokenKeys(jwks: load())
            if hasFailed { warn("The key set could be read again.") }
            hasFailed = false
        } catch {
            if !hasFailed { warn("The key set could not be read again, the last one stays: \(error)") }
            hasFailed = true
        }
    }
}
