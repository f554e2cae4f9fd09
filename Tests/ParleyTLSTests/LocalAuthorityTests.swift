// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import ParleyTLS

@Suite final class LocalAuthorityTests {
    let folder = FileManager.default.temporaryDirectory.path + "/parley-authority-\(UUID().uuidString)"
    let names = ["host", "host.local", "localhost", "127.0.0.1", "::1", "10.1.2.3", "203.0.113.9"]

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    private func bytes(_ path: String) throws -> [UInt8] { try PEMFile.bytes(of: path) }

    private func mode(_ path: String) throws -> Int {
        try #require(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int)
    }

    @Test func itVouchesForTheMachineAndKeepsItsKeysToItself() throws {
        var authority = try LocalAuthority(in: folder, host: "host", names: names)
        try authority.vouch(for: names)
        let leaf = try Certificate(pem: bytes(authority.leafPath), from: "leaf")
        let trusted = try Certificate(pem: bytes(authority.certificatePath), from: "authority")
        #expect(leaf.fault(under: trusted) == nil)
        #expect(names.allSatisfy(leaf.isFor) && !leaf.isFor("10.1.2.4") && !leaf.isFor("example.org"))
        #expect(leaf.holds(inDays: 396) && !leaf.holds(inDays: 398))
        #expect(try leaf.matches(SigningKey(pem: bytes(authority.leafKeyPath), from: "key")))
        for key in [authority.leafKeyPath, folder + "/parley-ca-key.pem"] { #expect(try mode(key) == 0o600) }
        #expect(try mode(folder) == 0o700 && mode(authority.leafPath) == 0o644)
        #expect(try authority.texts().pem == bytes(authority.certificatePath))
        #expect(authority.fingerprint.count == 95 && authority.notes.count == 2)
        let drafts = try FileManager.default.contentsOfDirectory(atPath: folder)
        #expect(drafts.count == 4)
    }

    @Test func whatIsThereIsKeptUntilItNoLongerFits() throws {
        var first = try LocalAuthority(in: folder, host: "host", names: names)
        try first.vouch(for: names)
        let leaf = try bytes(first.leafPath)
        var second = try LocalAuthority(in: folder, host: "host", names: names)
        try second.vouch(for: names.reversed())
        #expect(try second.fingerprint == first.fingerprint && bytes(second.leafPath) == leaf && second.notes.isEmpty)
        // Another private address is one it may vouch for.
        try second.vouch(for: names + ["192.168.7.7"])
        #expect(try bytes(second.leafPath) != leaf)
        let renewed = try LocalAuthority(in: folder, host: "host", names: names, isRenewed: true)
        #expect(renewed.fingerprint != first.fingerprint)
    }

    @Test func itMayNotVouchForOthers() throws {
        var authority = try LocalAuthority(in: folder, host: "host", names: names)
        for foreign in ["example.org", "203.0.113.10"] {
            let failure = #expect(throws: TLSFailure.self) { try authority.vouch(for: ["localhost", foreign]) }
            #expect(failure?.description.contains("parley certs --renew") == true)
        }
    }

    @Test func addressesOfIPv6MayChangeWithinTheirLineAndDoNoHarmBeyond() throws {
        _ = try LocalAuthority(in: folder, host: "host", names: names + ["2001:db8:1:2::5"])
        func leftOut(_ names: [String]) throws -> [String] {
            var authority = try LocalAuthority(in: folder, host: "host", names: names)
            try authority.vouch(for: names)
            let leaf = try Certificate(pem: bytes(authority.leafPath), from: "leaf")
            #expect(names.allSatisfy { leaf.isFor($0) != authority.leftOut.contains($0) })
            return authority.leftOut
        }
        #expect(try leftOut(names + ["2001:db8:1:2:a:b:c:d", "fd00::7"]) == [])
        #expect(try leftOut(names + ["2001:db8:1:3::5", "fd00::7"]) == ["2001:db8:1:3::5"])
    }

    @Test func whatIsBrokenIsSaid() throws {
        _ = try LocalAuthority(in: folder, host: "host", names: names)
        let files = try PrivateFiles(folder)
        let other = folder + "/other"
        _ = try LocalAuthority(in: other, host: "host", names: names)
        try files.write(bytes(other + "/parley-ca-key.pem"), to: "parley-ca-key.pem", mode: 0o644)
        let stranger = #expect(throws: TLSFailure.self) { try LocalAuthority(in: folder, host: "host", names: names) }
        #expect(stranger?.description.contains("is not the key of") == true)
        try files.write(Array("nonsense".utf8), to: "parley-ca.pem", mode: 0o644)
        let nonsense = #expect(throws: TLSFailure.self) { try LocalAuthority(in: folder, host: "host", names: names) }
        #expect(nonsense?.description.contains("holds no certificate in PEM") == true)
        #expect(throws: TLSFailure.self) { try LocalAuthority(in: "/proc/nowhere", host: "host", names: names) }
    }

    @Test func aKeyThatOthersCanReadIsSaid() throws {
        _ = try LocalAuthority(in: folder, host: "host", names: names)
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: folder + "/parley-ca-key.pem")
        let authority = try LocalAuthority(in: folder, host: "host", names: names)
        #expect(authority.notes.first?.contains("chmod 600") == true)
    }

    @Test(arguments: ["", "a b", "a,DNS:b", "-a", "a-", "a..b", "*", "ä", "1.2.3.4.5,IP:1.1.1.1"])
    func whatIsNoNameIsNoName(_ text: String) { #expect(!LocalAuthority.isName(text)) }

    @Test(arguments: ["a", "a-b.local", "127.0.0.1", "::1", "fd00::2", "HOST"])
    func namesAndAddressesAre(_ text: String) { #expect(LocalAuthority.isName(text)) }
}
