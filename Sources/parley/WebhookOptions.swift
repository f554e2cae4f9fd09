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
        let secret = Array(try SecretFile.read(secretFile).utf8)
        guard secret.count >= 16 else {
            throw ValidationError("The secret in \(secretFile) has \(secret.count) bytes; it needs 16 or more.")
        }
        return try WebhookAuthenticator(url: url, secret: secret, timeout: Double(authWebhookTimeout) / 1_000) {
            Console.warn("parley: --auth-webhook: \($0)")
        }
    }
}
