// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import ParleySignaling

/// A server of the operator's that is told what happens.
struct EventWebhookOptions: ParsableArguments {
    @Option(
        help: """
            An https address that is told what happens: rooms created and closed, peers joined and left, calls started, \
            missed and ended.
            """)
    var eventWebhook: String?
    @Option(help: "A file with the secret that signs what it is told, of at least 16 bytes.")
    var eventWebhookSecretFile: String?
    @Option(help: "Events that may wait for it; of more the oldest are dropped.")
    var eventWebhookQueue = Setting.number("EVENT_WEBHOOK_QUEUE") ?? 5_000

    private var url: String? { eventWebhook ?? Setting.text("EVENT_WEBHOOK") }
    private var secretFile: String? { eventWebhookSecretFile ?? Setting.text("EVENT_WEBHOOK_SECRET_FILE") }
    var isOn: Bool { url != nil }

    func validate() throws {
        guard isOn == (secretFile != nil) else {
            throw ValidationError(
                "--event-webhook and --event-webhook-secret-file go together: the events are signed with the secret.")
        }
        guard (1...100_000).contains(eventWebhookQueue) else {
            throw ValidationError("--event-webhook-queue must be 1 to 100000 events, not \(eventWebhookQueue).")
        }
        do { _ = try url.map { try HTTPFetch($0) } } catch { throw ValidationError("--event-webhook: \(error)") }
    }

    func configuration() throws -> EventWebhookConfiguration? {
        guard let url, let secretFile else { return nil }
        var configuration = try EventWebhookConfiguration(url: url, secret: try SecretFile.key(secretFile))
        configuration.capacity = eventWebhookQueue
        configuration.report = { Log.warn("--event-webhook: \($0)") }
        return configuration
    }
}
