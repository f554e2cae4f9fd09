// SPDX-License-Identifier: Apache-2.0
internal import Foundation
internal import ParleyTLS

/// JSON that is posted to a server of the operator's, with a signature by which it knows who asks.
struct SignedPost: Sendable {
    private let fetch: HTTPFetch
    private let secret: [UInt8]

    init(_ fetch: HTTPFetch, secret: [UInt8]) {
        self.fetch = fetch
        self.secret = secret
    }

    /// Posts once. The time of the signature is that of this attempt.
    func run(_ body: [UInt8], at time: Int64 = Int64(Date().timeIntervalSince1970)) async throws(HTTPFetchError)
        -> HTTPFetch.Answer
    {
        try await fetch.run(
            body: body,
            fields: [
                ("Content-Type", "application/json"), ("X-Parley-Timestamp", "\(time)"),
                ("X-Parley-Signature", Self.signature(of: body, at: time, secret: secret)),
            ])
    }

    /// `t=<seconds since 1970>,v1=<HMAC-SHA256 of "t.body" in hexadecimal>`: the time is signed, too, so that a webhook can
    /// refuse what is old.
    static func signature(of body: [UInt8], at time: Int64, secret: [UInt8]) -> String {
        let code = MessageAuthentication.sha256(key: secret, Array("\(time).".utf8) + body)
        let digits = code.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }
        return "t=\(time),v1=\(digits.joined())"
    }
}
