// SPDX-License-Identifier: Apache-2.0
import NIOCore
import NIOHTTP1
import Testing

@testable import ParleyTransport

@Suite struct HTTPPartsTests {
    private func fault(_ fields: [(String, String)], version: HTTPVersion = .http1_1, uri: String = "/") -> Int? {
        let head = HTTPRequestHead(version: version, method: .POST, uri: uri, headers: HTTPHeaders(fields))
        return RequestStrictness.fault(in: head, TransportConfiguration())?.status
    }

    @Test func soundHeadsPass() {
        #expect(fault([("Host", "x"), ("Content-Length", "5")]) == nil)
        #expect(fault([("Host", "x"), ("Transfer-Encoding", "Chunked")]) == nil)
        #expect(fault([], version: .http1_0) == nil)
    }

    @Test(
        arguments: [
            [("Content-Length", "5")], [("Host", "x"), ("Host", "x")], [("Host", "x"), ("Content-Length", "+5")],
            [("Host", "x"), ("Content-Length", "5,5")], [("Host", "x"), ("Content-Length", "")],
            [("Host", "x"), ("Content-Length", "5"), ("Content-Length", "5")],
            [("Host", "x"), ("Content-Length", "5"), ("Transfer-Encoding", "chunked")],
            [("Host", "x"), ("Transfer-Encoding", "gzip, chunked")],
            [("Host", "x"), ("Transfer-Encoding", "identity")],
            [("Host", "x"), ("a b", "1")], [("Host", "x"), ("a", "1\u{1}")], [("Host", "x"), ("", "1")],
            [("Host", "x"), ("Content-Length", "99999999999999999999")],
        ] as [[(String, String)]])
    func aHeadThatCouldBeReadInTwoWaysIsRefused(_ fields: [(String, String)]) {
        #expect(fault(fields) == 400)
    }

    @Test func largeHeadsAreRefused() {
        #expect(fault([("Host", "x")] + (0..<100).map { ("a\($0)", "") }) == 431)
        #expect(fault([("Host", "x"), ("a", String(repeating: "a", count: 17_000))]) == 431)
    }

    @Test func aQueryIsDecodedAndItsLastValueCounts() {
        let query = Query("EIO=3&EIO=4&a=%41%zz+b&flag&sid=")
        #expect(query["EIO"] == "4" && query["a"] == "A%zz b" && query["flag"] == "" && query["sid"] == "")
        #expect(query["none"] == nil)
    }

    @Test func anOpeningRequestKeepsTargetAndFieldsWhateverSignsTheyHold() {
        let fields = [("Host", "x"), ("a", "1:2"), ("empty", ""), ("b", "\u{301}c"), ("a", "\u{200D}")]
        let head = HTTPRequestHead(
            version: .http1_1, method: .GET, uri: "/?\u{301}a=\u{301}b&c=d?e", headers: HTTPHeaders(fields))
        let request = HTTPRequest(
            head: RequestHead(head), body: ByteBuffer(), remoteAddress: "::1", isSecure: false)
        let opening = OpeningRequest(request)
        #expect(opening.head.target == head.uri)
        #expect(opening.head.fields.elementsEqual(fields, by: ==))
        for query in [opening.query, request.query] {
            #expect(query["\u{301}a"] == "\u{301}b" && query["c"] == "d?e")
        }
    }

    @Test func fieldsAreFoundInBothFormsOfAHead() {
        let fields = [
            ("Host", "x"), ("Hosts", "y"), ("empty", ""), ("List", "a, b\t,,c "), ("x", "1: 2"), ("LIST", "d"),
            ("once", "\u{301}"),
        ]
        let decoded = RequestHead(
            HTTPRequestHead(version: .http1_1, method: .GET, uri: "/a?b", headers: HTTPHeaders(fields)))
        for head in [decoded, decoded.kept] {
            #expect(head.target == "/a?b" && head.method == .GET && head.version == .http1_1)
            #expect(head.fields.elementsEqual(fields, by: ==))
            #expect(head.first("host") == "x" && head.first("hosts") == "y" && head.first("hos") == nil)
            #expect(head.first("empty") == "" && head.first("x") == "1: 2" && head.first("once") == "\u{301}")
            #expect(head.first("list") == "a, b\t,,c " && head.only("list") == nil)
            #expect(head.only("hosts") == "y" && head.only("none") == nil)
            #expect(head.list("list") == ["a", "b", "c", "d"] && head.list("none").isEmpty)
        }
    }

    @Test func originsAreJudged() {
        func verdict(
            _ policy: OriginPolicy, _ origin: String?, host: String = "a.example:3000", isSecure: Bool = false
        ) -> OriginPolicy.Verdict {
            var headers = HTTPHeaders([("Host", host)])
            if let origin { headers.add(name: "Origin", value: origin) }
            let head = RequestHead(HTTPRequestHead(version: .http1_1, method: .GET, uri: "/", headers: headers))
            return policy.verdict(
                on: HTTPRequest(head: head, body: ByteBuffer(), remoteAddress: "::1", isSecure: isSecure))
        }
        #expect(verdict(.sameHost, nil) == .allowed)
        #expect(verdict(.sameHost, "http://a.example:3000") == .allowed)
        #expect(verdict(.sameHost, "http://a.example:3001") == .refused)
        #expect(verdict(.sameHost, "null") == .refused)
        #expect(verdict(.sameHost, "https://a.example:3000") == .allowed, "of a proxy that speaks TLS")
        #expect(verdict(.sameHost, "ftp://a.example:3000") == .refused)
        #expect(verdict(.sameHost, "https://a.example:3000", isSecure: true) == .allowed)
        #expect(verdict(.sameHost, "http://a.example:3000", isSecure: true) == .refused, "another scheme")
        #expect(verdict(.sameHost, "https://a.example", host: "A.example:443", isSecure: true) == .allowed)
        #expect(verdict(.sameHost, "https://a.example", host: "a.example:80", isSecure: true) == .refused)
        #expect(verdict(.sameHost, "http://a.example", host: "a.example:80") == .allowed)
        #expect(verdict(.list(["https://b.example"]), "http://b.example", isSecure: true) == .refused)
        #expect(verdict(.list(["https://b.example"]), "https://b.example") == .allowed)
        #expect(verdict(.list(["https://b.example"]), "https://b.example.evil") == .refused)
        #expect(verdict(.any, "https://anything") == .allowed)
        #expect(verdict(.any, "bad origin") == .invalid)
    }

    @Test(
        arguments: [
            (nil, nil), ("gzip", .gzip), ("deflate, gzip;q=0.5", .gzip), ("deflate", .deflate),
            ("gzip;q=0, deflate", .deflate),
            ("br", nil), ("*", .gzip), ("gzip;q=0.0", nil),
        ] as [(String?, Compression.Coding?)])
    func aCodingIsChosen(_ row: (accepted: String?, coding: Compression.Coding?)) {
        #expect(Compression.coding(accepted: row.accepted) == row.coding)
    }

    @Test func aPacketAllowanceHoldsTwoSecondsWorth() {
        let now = NIODeadline.uptimeNanoseconds(1_000_000_000)
        var allowance = PacketAllowance(perSecond: 10)
        let taken = (0..<50).filter { _ in allowance.takes(at: now) }.count
        #expect(taken == 20)
        #expect(allowance.takes(at: now + .milliseconds(100)) == true)
        #expect(allowance.takes(at: now + .milliseconds(100)) == false)
        var none = PacketAllowance(perSecond: 0)
        #expect((0..<1000).filter { _ in none.takes(at: now) }.count == 1000)
    }
}
