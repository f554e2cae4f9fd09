// SPDX-License-Identifier: Apache-2.0
internal import NIOConcurrencyHelpers
internal import ParleyJSON
internal import ParleySocketIO
internal import ParleyTLS

/// Decides who runs the server: by name and password, by the id of an earlier login, or by a token with the grant `admin`
/// or `observe`.
final class AdminAuthenticator: Authenticator {
    private struct Login {
        var grants: Grants
        var until: Int64
    }

    /// Logins that are remembered, and for how long, in milliseconds.
    private static let maxLogins = 1_024
    private static let loginStays: Int64 = 86_400_000

    private let accounts: [(name: String, password: PasswordHash?, grants: Grants)]
    private let tokens: (any Authenticator)?
    private let hashing: SlowHashing
    private let logins = NIOLockedValueBox<[String: Login]>([:])
    private static let refusal = AdmissionError(.authInvalid, message: "invalid credentials")

    /// Hashes the passwords, which takes a tenth of a second each.
    init(_ configuration: AdminConfiguration, tokens: (any Authenticator)?, hashing: SlowHashing) {
        accounts = configuration.accounts.map { account in
            var grants = Grants()
            grants.user = account.name
            grants.administers = !account.isReadOnly
            grants.observes = true
            return (account.name, PasswordHash(account.password), grants)
        }
        self.tokens = tokens
        self.hashing = hashing
    }

    func authenticate(_ applicant: Applicant) async throws -> Grants {
        let auth = applicant.auth
        if let name = auth["username"]?.stringValue, let password = auth["password"]?.stringValue {
            return try await login(name, password)
        }
        if let id = auth["sessionId"]?.stringValue { return try resume(id) }
        guard applicant.token != nil, let tokens else { throw Self.refusal }
        var grants = try await tokens.authenticate(applicant)
        grants.observes = grants.observes || grants.administers
        guard grants.observes else { throw AdmissionError(.forbidden) }
        return grants
    }

    private func login(_ name: String, _ password: String) async throws(AdmissionError) -> Grants {
        guard password.utf8.count <= 1_024, let fallback = accounts.first else { throw Self.refusal }
        // A name that nobody has takes as long.
        let account = accounts.first { $0.name == name } ?? fallback
        guard let isRight = await hashing.run({ account.password?.matches(password) ?? false }) else {
            throw AdmissionError(.rateLimited, retryAfterMs: 5_000)
        }
        guard isRight, account.name == name else { throw Self.refusal }
        return account.grants
    }

    // MARK: Logins

    /// Remembers a login; returns the id by which it can be taken up again, 16 hexadecimal digits.
    func remember(_ grants: Grants) -> String {
        var generator = SystemRandomNumberGenerator()
        let digits = String(UInt64.random(in: .min ... .max, using: &generator), radix: 16)
        let id = String(repeating: "0", count: 16 - digits.count) + digits
        let now = WallClock.milliseconds
        logins.withLockedValue { logins in
            if logins.count >= Self.maxLogins { logins = logins.filter { $0.value.until > now } }
            if logins.count >= Self.maxLogins { logins = [:] }
            logins[id] = Login(grants: grants, until: now + Self.loginStays)
        }
        return id
    }

    private func resume(_ id: String) throws(AdmissionError) -> Grants {
        guard let login = logins.withLockedValue({ $0[id] }), login.until > WallClock.milliseconds else {
            throw Self.refusal
        }
        return login.grants
    }
}
