// SPDX-License-Identifier: Apache-2.0
import CParleyOpenSSL
import Foundation
import ParleyTestSupport
import Synchronization
import Testing

@testable import ParleyTLS

@Suite struct TLSCredentialsTests {
    @Test(arguments: TLSConnectionTests.versions) func aSessionIsResumedWithOneTicket(version: CInt) throws {
        let context = try TLSContext(SelfSigned("localhost"))
        let first = try Joined(context, version: version)
        first.converse()
        let session = try #require(SSL_get1_session(first.clientSSL))
        defer { SSL_SESSION_free(session) }
        #expect(SSL_SESSION_has_ticket(session) == 1 && SSL_session_reused(first.clientSSL) == 0)
        let second = try Joined(context, version: version, session: session)
        second.converse()
        #expect(second.isEstablished && SSL_session_reused(second.clientSSL) == 1)
        let other = try Joined(TLSContext(SelfSigned("localhost")), version: version, session: session)
        other.converse()
        #expect(other.isEstablished && SSL_session_reused(other.clientSSL) == 0, "another context has other keys")
    }

    @Test func theCertificateIsChosenByName() throws {
        let pairs = try [
            SelfSigned("first.example"), SelfSigned("*.example.org"), SelfSigned("one.example.org", "two.example"),
        ]
        let certificates = try pairs.map { try TLSCertificate($0.source) }
        let context = try TLSContext(certificates)
        for (name, chosen) in [
            ("first.example", 0), ("other.example", 0), ("any.example.org", 1), ("one.example.org", 2),
            ("TWO.example", 2),
            ("a.b.example.org", 0), ("example.org", 0), (nil, 0),
        ] {
            let joined = try Joined(context, host: name)
            joined.converse()
            let shown = try #require(SSL_get1_peer_certificate(joined.clientSSL))
            defer { X509_free(shown) }
            withExtendedLifetime(certificates) {
                #expect(X509_cmp(shown, certificates[chosen].leaf) == 0, "\(name ?? "no name")")
            }
        }
    }

    @Test func whatIsNoPairIsSaid() throws {
        let (one, two) = (try SelfSigned("one.example"), try SelfSigned("two.example"))
        func fault(_ certificate: [UInt8], _ key: [UInt8]) -> String {
            do {
                _ = try TLSCertificate(.pem(certificate: certificate, key: key))
                return ""
            } catch { return error.description }
        }
        #expect(fault(one.certificate, one.key) == "")
        #expect(fault(one.certificate + two.certificate, one.key) == "", "a chain")
        #expect(
            fault(one.certificate, two.key)
                == "The key in the key given does not belong to the first certificate in the certificate given.")
        #expect(fault(two.certificate + one.certificate, one.key).contains("does not belong"))
        #expect(fault(one.key, one.key).hasPrefix("No certificate is in the certificate given."))
        #expect(fault([], one.key).hasPrefix("No certificate"))
        #expect(fault(Array(one.certificate.dropLast(60)), one.key).hasPrefix("No certificate"))
        #expect(
            fault(one.certificate + two.certificate.dropLast(60), one.key)
                == "What follows certificate number 1 in the certificate given is cut off or broken.")
        #expect(fault(one.certificate + Array("And so on.\n".utf8), one.key) == "", "text between them is usual")
        #expect(fault(one.certificate, one.certificate).hasPrefix("No private key is in the key given"))
        let many = Array([[UInt8]](repeating: one.certificate, count: 200).joined())
        #expect(fault(many, one.key).contains("too much to send"))
    }

    @Test func aCertificateOfTheWrongTimeHasAWarning() throws {
        func warning(days: Int, at day: Double) throws -> String? {
            let certificate = try TLSCertificate(SelfSigned("one.example", days: days).source)
            return certificate.warning(at: certificate.validity.upperBound - Int64(day * 86_400))
        }
        #expect(try warning(days: 90, at: 80) == nil)
        #expect(try warning(days: 90, at: 14) == nil)
        #expect(try warning(days: 90, at: 13.5)?.contains("expires in 13 days") == true)
        #expect(try warning(days: 90, at: 0.5)?.contains("expires in 12 hours") == true)
        #expect(try warning(days: -24, at: 3) == nil, "one of six days is renewed in its last third")
        #expect(try warning(days: -24, at: 1)?.contains("expires in 24 hours") == true)
        for day in [0.0, -1] { #expect(try warning(days: 90, at: day)?.contains("has expired") == true) }
        #expect(try warning(days: 90, at: -1)?.contains("GMT") == true)
        #expect(try warning(days: 90, at: 1_000)?.contains("is not valid before") == true)
    }

    @Test func whatIsWrongWithACertificateIsSaidAtTheStartAndOnceADay() throws {
        let source = try SelfSigned("one.example", days: 90).source
        let end = try TLSCertificate(source).validity.upperBound
        let clock = Mutex<Int64>(end - 15 * 86_400)
        let reports = Mutex<[String]>([])
        let credentials = try TLSCredentials(
            unwatched: TLSConfiguration([source]) { text in reports.withLock { $0.append(text) } },
            now: { clock.withLock { $0 } })
        #expect(credentials.expiry == end)
        func said(after hours: Int64) -> [String] {
            for _ in 0..<hours {
                clock.withLock { $0 += 3_600 }
                credentials.look()
            }
            return reports.withLock { reports in
                defer { reports = [] }
                return reports
            }
        }
        #expect(said(after: 23) == [])
        #expect(said(after: 25).count == 1, "the fourteenth day has begun")
        #expect(said(after: 3 * 24).count == 3)
        #expect(said(after: 12 * 24).last?.contains("has expired") == true)
        _ = try TLSCredentials(
            unwatched: TLSConfiguration([source]) { text in reports.withLock { $0.append(text) } },
            now: { clock.withLock { $0 } })
        #expect(reports.withLock { $0.count } == 1)
    }

    /// A new certificate and its key, written one after the other: never is one of them taken without the other.
    @Test func filesAreReadWhenTheyHaveStoppedChanging() throws {
        let folder = NSTemporaryDirectory() + "parley-\(UInt64.random(in: 0 ... .max))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let (certificate, key) = (folder + "/certificate.pem", folder + "/key.pem")
        let (first, second) = (try SelfSigned("one.example"), try SelfSigned("one.example"))
        try write(first.certificate, certificate)
        try write(first.key, key)
        let reports = Mutex<[String]>([])
        let credentials = try TLSCredentials(
            unwatched: TLSConfiguration([.files(certificate: certificate, key: key)]) { text in
                reports.withLock { $0.append(text) }
            })
        let before = credentials.context
        try write(second.certificate, certificate)
        credentials.look()
        try write(second.key, key)
        credentials.look()
        #expect(credentials.context === before && reports.withLock { $0.isEmpty })
        credentials.look()
        let after = credentials.context
        #expect(after !== before && reports.withLock { $0.count } == 1)
        credentials.look()
        #expect(credentials.context === after, "nothing has changed")

        try write([], key)
        for _ in 0..<4 { credentials.look() }
        #expect(credentials.context === after)
        #expect(reports.withLock { $0.count } == 2, "it is reported once")
        #expect(reports.withLock { $0.last?.hasPrefix("No private key is in the file \(key)") } == true)
    }

    private func write(_ bytes: [UInt8], _ path: String) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: path))
    }

    @Test func credentialsNeedACertificate() throws {
        #expect(throws: TLSFailure("TLS needs a certificate.")) { try TLSCredentials(TLSConfiguration([])) }
        #expect(throws: TLSFailure("The file /nowhere/a.pem cannot be read: No such file or directory.")) {
            try TLSCredentials(TLSConfiguration(certificate: "/nowhere/a.pem", key: "/nowhere/b.pem"))
        }
        _ = try TLSCredentials(TLSConfiguration([SelfSigned("one.example").source])).context
    }
}
