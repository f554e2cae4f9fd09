// SPDX-License-Identifier: Apache-2.0

/// A server of the operator's that is told what happens to rooms, peers and calls, by HTTP.
public struct EventWebhookConfiguration: Sendable {
    let fetch: HTTPFetch
    let secret: [UInt8]
    /// Events that may wait for it; of more the oldest are dropped.
    public var capacity = 5_000
    /// Told, in a sentence for whoever runs the server, when the webhook fails and when it works again. From any thread.
    public var report: @Sendable (String) -> Void = { _ in }

    /// - Parameters:
    ///   - url: `https://…`, or `http://…` of this machine; throws when it is neither.
    ///   - secret: signs each post.
    public init(url: String, secret: [UInt8]) throws {
        fetch = try HTTPFetch(url, timeout: 10, maxBytes: 64 * 1024)
        self.secret = secret
    }
}
