// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import Foundation
internal import ParleySignaling

/// Who may connect.
struct AuthOptions: ParsableArguments {
    @Option(help: "A file with the secret that tokens are signed with (HS256), of at least 32 bytes.")
    var tokenSecretFile: String?
    @Option(
        help: "A file or https address with the JSON Web Key Set that tokens are checked with (RS256, ES256, EdDSA).")
    var jwks: String?
    @Option(help: "The issuer (iss) that tokens must have.") var tokenIssuer: String?
    @Option(help: "The audience (aud) that tokens must have.") var tokenAudience: String?
    @Option(help: "Seconds by which clocks may differ.") var tokenLeeway = Setting.number("TOKEN_LEEWAY") ?? 30
    @Option(
        help: """
            Wrong tokens from one address in ten minutes, before each further one has to wait twice as long. \
            (default: 10, loopback not counted)
            """)
    var maxAuthFailures: Int?
    @OptionGroup var webhook: WebhookOptions

    private var secretFile: String? { tokenSecretFile ?? Setting.text("TOKEN_SECRET_FILE") }
    private var keySet: String? { jwks ?? Setting.text("JWKS") }
    private var failures: Int? { maxAuthFailures ?? Setting.number("MAX_AUTH_FAILURES") }

    func validate() throws {
        guard [secretFile != nil, keySet != nil, webhook.isOn].count(where: { $0 }) <= 1 else {
            throw ValidationError(
                "--token-secret-file, --jwks and --auth-webhook are three ways to decide: choose one.")
        }
        guard (0...3_600).contains(tokenLeeway) else {
            throw ValidationError("--token-leeway must be 0 to 3600 seconds, not \(tokenLeeway).")
        }
        guard (1...1_000_000).contains(failures ?? 1) else {
            throw ValidationError("--max-auth-failures must be 1 or more, not \(failures ?? 0).")
        }
    }

    func apply(to configuration: inout SignalingConfiguration) async throws {
        configuration.authenticator = try await authenticator()
        guard let failures else { return }
        configuration.maxAuthenticationFailures = failures
        configuration.countsAuthenticationFailuresOfLoopback = true
    }

    private func authenticator() async throws -> (any Authenticator)? {
        if let webhook = try webhook.authenticator() { return webhook }
        var rules = TokenAuthenticator.Rules()
        rules.issuer = tokenIssuer ?? Setting.text("TOKEN_ISSUER")
        rules.audience = tokenAudience ?? Setting.text("TOKEN_AUDIENCE")
        rules.leeway = Int64(tokenLeeway)
        if let secretFile {
            do { return try await TokenAuthenticator(secret: try SecretFile.read(secretFile), rules: rules) } catch let
                error as TokenKeyError
            {
                throw KeyFailure(source: secretFile, problem: "\(error)")
            }
        }
        guard let keySet else { return nil }
        let warn: @Sendable (String) -> Void = { Log.warn("--jwks \(keySet): \($0)") }
        do {
            guard keySet.contains("://") else {
                return try await TokenAuthenticator(rules: rules, warn: warn) {
                    [UInt8](try Data(contentsOf: URL(fileURLWithPath: keySet)))
                }
            }
            let fetch = try HTTPFetch(keySet)
            return try await TokenAuthenticator(rules: rules, warn: warn) {
                let answer = try await fetch.run()
                guard answer.status == 200 else {
                    throw KeyFailure(source: keySet, problem: "answered \(answer.status).")
                }
                return answer.body
            }
        } catch {
            throw KeyFailure(source: keySet, problem: "\(error)")
        }
    }
}

/// Keys that could not be read.
private struct KeyFailure: Error, CustomStringConvertible {
    var source: String
    var problem: String

    var description: String { "Could not get the keys for tokens from \(source): \(problem)" }
}
