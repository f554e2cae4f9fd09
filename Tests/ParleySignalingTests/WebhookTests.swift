// SPDX-License-Identifier: Apache-2.0
import ParleyJSON
import Testing

@testable import ParleySignaling

@Suite struct WebhookTests {
    @Test func theWebhookIsToldOfTheClientButNotHowItResumes() {
        let question = WebhookAuthenticator.question(
            Applicant(
                token: "t", auth: ["token": "t", "pid": "p", "offset": "o", "name": "Ada"], address: "127.0.0.1",
                headers: ["origin": "http://localhost", "user-agent": "x", "cookie": "secret"]))
        #expect(
            question == [
                "event": "connect", "address": "127.0.0.1", "auth": ["token": "t", "name": "Ada"],
                "origin": "http://localhost", "userAgent": "x", "token": "t",
            ])
    }

    /// The code is that of Python: hmac.new(b"0123456789abcdef", b'1700000000.{"event":"connect"}', sha256).
    @Test func theSignatureIsOverTheTimeAndTheBody() {
        let signature = SignedPost.signature(
            of: Array(#"{"event":"connect"}"#.utf8), at: 1_700_000_000, secret: Array("0123456789abcdef".utf8))
        #expect(signature == "t=1700000000,v1=3dfa538d35d518b644053bd3fcd0e9712e56d40573400e92cf9ba21c494d45ab")
    }

    @Test func anAnswerGrants() throws {
        let grants = try read(200, #"{"user":"ada","rooms":["a"],"grants":["moderate"],"create":false,"expiresIn":60}"#)
        #expect(grants.user == "ada" && grants.rooms == ["a"] && grants.moderates && !grants.administers)
        #expect(!grants.creates && grants.expiresAt == 1_060)
        #expect(try read(200, #"{"expiresAt":5000,"expiresIn":60}"#).expiresAt == 5_000)
    }

    @Test(arguments: [
        (401, "", AdmissionError.Code.authInvalid), (403, "", .forbidden), (429, "", .rateLimited),
        (500, "", .serverFull), (204, "", .serverFull), (302, "{}", .serverFull), (200, "", .serverFull),
        (200, "[]", .serverFull), (200, "null", .serverFull), (200, #"{"rooms":"a"}"#, .serverFull),
        (200, #"{"grants":[1]}"#, .serverFull), (200, #"{"expiresIn":"60"}"#, .serverFull),
        (200, #"{"expiresIn":-1}"#, .serverFull), (200, #"{"user":"ada""#, .serverFull),
    ])
    func whatDoesNotGrantRefuses(_ status: Int, _ body: String, _ code: AdmissionError.Code) {
        #expect(refusal(status, body)?.code == code)
    }

    @Test func refusalsSayWhetherATokenCameAndWhenToTryAgain() {
        #expect(refusal(401, "", hasToken: false)?.code == .authRequired)
        #expect(refusal(429, "", fields: ["retry-after": "7"])?.retryAfterMs == 7_000)
        #expect(refusal(429, "", fields: ["retry-after": "99999999999"])?.retryAfterMs == 3_600_000)
    }

    private func read(
        _ status: Int, _ body: String, fields: [String: String] = [:], hasToken: Bool = true
    ) throws(AdmissionError) -> Grants {
        try WebhookAuthenticator.answer(
            HTTPFetch.Answer(status: status, fields: fields, body: Array(body.utf8)), hasToken: hasToken, now: 1_000
        ).grants
    }

    private func refusal(
        _ status: Int, _ body: String, fields: [String: String] = [:], hasToken: Bool = true
    ) -> AdmissionError? {
        do throws(AdmissionError) {
            _ = try read(status, body, fields: fields, hasToken: hasToken)
            return nil
        } catch {
            return error
        }
    }
}
