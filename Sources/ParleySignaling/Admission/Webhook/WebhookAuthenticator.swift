// SPDX-License-Identifier: Apache-2.0
internal import Foundation
internal import ParleyJSON
internal import ParleyTLS

/// Lets in whom a server of the operator's, asked by one HTTP POST for each client, lets in.
package final class WebhookAuthenticator: Authenticator {
    private let post: SignedPost
    private let secret: [UInt8]
    private let calls: WebhookCalls

    /// - Parameters:
    ///   - url: `https://…`, or `http://…` of a loopback host.
    ///   - secret: signs each request.
    ///   - timeout: seconds for an answer.
    ///   - report: told, in a sentence for whoever runs the server, when the webhook fails and when it works again.
    package init(
        url: String, secret: [UInt8], timeout: Double = 5, report: @escaping @Sendable (String) -> Void = { _ in }
    ) throws(HTTPFetchError) {
        let fetch = try HTTPFetch(
            url, timeout: timeout, maxBytes: 64 * 1024, connections: WebhookCalls.maxRunning)
        post = SignedPost(fetch, secret: secret)
        self.secret = secret
        calls = WebhookCalls(report: report)
    }

    package func authenticate(_ applicant: Applicant) async throws -> Grants {
        let body = Array(Self.question(applicant).text.utf8)
        let hasToken = applicant.token != nil
        // By their code: tokens are not kept.
        return try await calls.grants(MessageAuthentication.sha256(key: secret, body)) { [self] in
            try await ask(body, hasToken: hasToken)
        }
    }

    private func ask(_ body: [UInt8], hasToken: Bool) async throws -> WebhookCalls.Answer {
        let now = Int64(Date().timeIntervalSince1970)
        let answer: HTTPFetch.Answer
        do throws(HTTPFetchError) {
            answer = try await post.run(body, at: now)
        } catch {
            await calls.found(error.description)
            throw Self.outage
        }
        do throws(AdmissionError) {
            let answer = try Self.answer(answer, hasToken: hasToken, now: now)
            await calls.found(nil)
            return answer
        } catch {
            await calls.found(
                error.code == .serverFull ? "its answer (\(answer.status)) grants nothing that can be read" : nil)
            throw error
        }
    }

    /// What the webhook is asked. What only serves a resume is none of its business.
    static func question(_ applicant: Applicant) -> JSON {
        var auth: JSON = [:]
        for (key, value) in applicant.auth.objectValue ?? [:] where key != "pid" && key != "offset" {
            auth.set(key, value)
        }
        var question: JSON = ["event": "connect", "address": .string(applicant.address), "auth": auth]
        question.set("origin", applicant.headers["origin"].map(JSON.string))
        question.set("userAgent", applicant.headers["user-agent"].map(JSON.string))
        question.set("token", applicant.token.map(JSON.string))
        return question
    }

    /// What an answer grants. One that cannot be read lets nobody in.
    static func answer(
        _ answer: HTTPFetch.Answer, hasToken: Bool, now: Int64
    ) throws(AdmissionError) -> WebhookCalls.Answer {
        switch answer.status {
        case 200: break
        case 401: throw AdmissionError(hasToken ? .authInvalid : .authRequired)
        case 403: throw AdmissionError(.forbidden)
        case 429:
            let seconds = answer.fields["retry-after"].flatMap { Int($0) }.map { min(max($0, 1), 3_600) }
            throw AdmissionError(.rateLimited, retryAfterMs: (seconds ?? 1) * 1_000)
        default: throw outage
        }
        do {
            let json = try JSON(parsing: String(decoding: answer.body, as: UTF8.self))
            let payload = Payload(json)
            guard json.objectValue != nil else { throw outage }
            var grants = try Grants(json, userKey: "user")
            let until = try payload.int("expiresAt", in: 1...253_402_300_799)
            let lasting = try payload.int("expiresIn", in: 1...3_155_760_000)
            grants.expiresAt = until.map { Int64($0) } ?? lasting.map { now + Int64($0) }
            let cacheSeconds = try payload.int("cacheSeconds", in: 0...86_400) ?? 0
            return WebhookCalls.Answer(grants: grants, cacheSeconds: cacheSeconds)
        } catch {
            throw outage
        }
    }

    /// The webhook did not say anything that can be relied on: nobody is let in, and who tries again may be.
    private static var outage: AdmissionError {
        AdmissionError(.serverFull, message: "Who may connect cannot be checked now.", retryAfterMs: 2_000)
    }
}
