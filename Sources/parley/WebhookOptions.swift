// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import ParleySignaling

/// A server of the operator's that decides who may connect.
struct WebhookOptions: ParsableArguments {
    @Option(help: "An https address that is asked, for each client, whether it may connect.")
    var authWebhook: String?
    @Option(help: "A file with the secret that signs these questions, of at least 16 bytes.")
    var authWebhookSecretFile: String?
    @Option(help: "Milliseconds that it has for an answer.")
    var authWebhookTimeout = Setting.number("AUTH_WEBHOOK_TIMEOUT") ?? 5_000

    private var url: String? { authWebhook ?? Setting.text("AUTH_WEBHOOK") }
    private var secretFile: String? { authWebhookSecretFile ?? Setting.text("AUTH_WEBHOOK_SECRET_FILE") }
    var isOn: Bool { url != nil }

    func validate() throws {
        guard isOn == (secretFile != nil) else {
            throw ValidationError(
                "--auth-webhook and --auth-webhook-secret-file go together: the questions are signed with the secret.")
        }
        guard (10...60_000).contains(authWebhookTimeout) else {
            throw ValidationError("--auth-webhook-timeout must be 10 to 60000 ms, not \(authWebhookTimeout).")
        }
        do { _ = try url.map { try HTTPFetch($0) } } catch { throw ValidationError("--auth-webhook: \(error)") }
    }

    func authenticator() throws -> WebhookAuthenticator? {
        guard let url, let secretFile else { return nil }
        return try WebhookAuthenticator(
            url: url, secret: try SecretFile.key(secretFile), timeout: Double(authWebhookTimeout) / 1_000
        ) { Log.warn("--auth-webhook: \($0)") }
    }
}
