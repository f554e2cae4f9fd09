// SPDX-License-Identifier: Apache-2.0
import NIOConcurrencyHelpers
import NIOCore
import ParleyJSON
import Testing

@testable import ParleySignaling
@testable import ParleyTransport

@Suite struct AdmissionTests {
    // MARK: Rooms

    @Test(arguments: [
        ("lobby", "lobby", true), ("lobby", "lobby2", false), ("team-*", "team-", true), ("team-*", "team-red", true),
        ("team-*", "tea", false), ("*", "", true), ("*-red", "team-blue-red", true), ("*-red", "team-red-", false),
        ("a*b*c", "aXbYbZc", true), ("a*b*c", "acb", false), ("**", "x", true), ("", "", true), ("", "x", false),
    ])
    func aPatternNamesRooms(_ pattern: String, _ room: String, _ isNamed: Bool) {
        #expect(RoomScope(patterns: [pattern]).contains(RoomName(room)) == isNamed)
    }

    @Test func manyStarsTakeNoTime() {
        let pattern = String(repeating: "*a", count: 60) + "b"
        #expect(!RoomScope(patterns: [pattern]).contains(RoomName(String(repeating: "a", count: 128))))
        #expect(RoomScope.all.contains(RoomName("anything")) && !RoomScope(patterns: []).contains(RoomName("x")))
    }

    // MARK: Failures

    @Test func afterTheFailuresThatAreFreeEachWaitIsTwiceTheLast() throws {
        var failures = FailedAttempts(allowed: 3)
        let address = try #require(AddressKey("192.0.2.1"))
        let other = try #require(AddressKey("192.0.2.2"))
        var now = NIODeadline.uptimeNanoseconds(0)
        for _ in 0..<3 { #expect(failures.begin(address, at: now) == nil) }
        for expected in [1, 2, 4, 8] {
            let begun = failures.begin(address, at: now)
            let wait = try #require(begun)
            #expect((expected * 1_000...expected * 1_000 + 1).contains(wait))
            #expect(failures.begin(other, at: now) == nil)
            failures.undo(other)
            now = now + .milliseconds(Int64(wait))
            #expect(failures.begin(address, at: now) == nil)
        }
        #expect(failures.begin(address, at: now + .minutes(10)) == nil)
        #expect(failures.begin(address, at: now + .minutes(10)) == nil)
    }

    @Test func theTableOfFailuresIsBounded() throws {
        var failures = FailedAttempts(allowed: 2)
        let now = NIODeadline.uptimeNanoseconds(0)
        let guesser = try #require(AddressKey("198.51.100.1"))
        for _ in 0..<2 { _ = failures.begin(guesser, at: now) }
        #expect(failures.begin(guesser, at: now) != nil)
        for index in 0..<FailedAttempts.maxAddresses + 10 {
            let address = try #require(AddressKey("10.\(index >> 16).\(index >> 8 & 255).\(index & 255)"))
            _ = failures.begin(address, at: now)
        }
        #expect(failures.count <= FailedAttempts.maxAddresses)
        #expect(failures.begin(guesser, at: now) != nil)
    }

    @Test(arguments: [
        ("192.0.2.1", "::ffff:192.0.2.1", true), ("192.0.2.1", "192.0.2.2", false),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", true), ("2001:db8:1:2::1", "2001:db8:1:3::1", false),
        ("::1", "::2", false), ("0.0.0.1", "::1", false),
    ])
    func anAddressStandsForItsOwner(_ one: String, _ other: String, _ areOne: Bool) throws {
        let (one, other) = (try #require(AddressKey(one)), try #require(AddressKey(other)))
        #expect((one == other) == areOne)
    }

    @Test func loopbackIsKnown() {
        for text in ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"] {
            #expect(AddressKey(text)?.isLoopback == true)
        }
        for text in ["128.0.0.1", "::2", "fe80::1"] { #expect(AddressKey(text)?.isLoopback == false) }
        #expect(AddressKey("localhost") == nil && AddressKey("") == nil)
    }

    // MARK: Keys

    @Test func aSignedTokenIsReadBack() async throws {
        let signer = try await TokenSigner(secret: "a secret of thirty-two bytes, or more")
        let text = try signer.sign(["sub": "ada", "rooms": ["a"]], keyID: "k")
        let token = try #require(CompactToken(text))
        #expect(token.algorithm == "HS256" && token.keyID == "k" && token.claims["sub"] == "ada")
        let authenticator = try await TokenAuthenticator(secret: "a secret of thirty-two bytes, or more")
        let grants = try await authenticator.authenticate(Applicant(token: text))
        #expect(grants.user == "ada" && grants.rooms == ["a"] && grants.creates && !grants.moderates)
    }

    @Test func aTokenThatNamesANewKeyHasTheSetReadAgainButNotForEachToken() async throws {
        let (old, new) = (Self.set("old"), Self.set("old", "new"))
        let asked = NIOLockedValueBox(0)
        let ring = try await KeyRing(pause: .milliseconds(20)) {
            asked.withLockedValue { count in
                count += 1
                return count == 1 ? old : new
            }
        } _: { _ in
        }
        let token = try #require(CompactToken(Self.token("new")))
        #expect(await ring.verify(token) == false)  // read a moment ago
        #expect(asked.withLockedValue { $0 } == 1)
        try await Task.sleep(for: .milliseconds(30))
        #expect(await ring.verify(token) == false)  // the key is there now, and the signature is none
        #expect(asked.withLockedValue { $0 } == 2)
        _ = await ring.verify(try #require(CompactToken(Self.token("third"))))
        #expect(asked.withLockedValue { $0 } == 2)
    }

    @Test func aSetThatBreaksLeavesTheLastOneAndIsSaidOnce() async throws {
        let set = Self.set("old")
        let said = NIOLockedValueBox<[String]>([])
        let isBroken = NIOLockedValueBox(false)
        let ring = try await KeyRing(pause: .zero) {
            isBroken.withLockedValue { $0 } ? Array("{}".utf8) : set
        } _: { words in
            said.withLockedValue { $0.append(words) }
        }
        isBroken.withLockedValue { $0 = true }
        let token = try #require(CompactToken(Self.token("unknown")))
        for _ in 0..<3 { #expect(await ring.verify(token) == false) }
        #expect(said.withLockedValue { $0.count } == 1)
        isBroken.withLockedValue { $0 = false }
        #expect(await ring.verify(token) == false)
        #expect(said.withLockedValue { $0.last } == "The key set could be read again.")
    }

    /// Ed25519 keys; the point is a valid one of RFC 8037, appendix A.
    private static func set(_ names: String...) -> [UInt8] {
        let point = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
        let keys = names.map { #"{"kty":"OKP","crv":"Ed25519","kid":"\#($0)","x":"\#(point)"}"# }
        return Array(#"{"keys":[\#(keys.joined(separator: ","))]}"#.utf8)
    }

    private static func token(_ key: String) -> String {
        CompactToken.text(header: ["alg": "EdDSA", "kid": .string(key)], claims: [:]) { _ in
            Array(repeating: 0, count: 64)
        }
    }
}
