// SPDX-License-Identifier: Apache-2.0
import NIOCore
import NIOHTTP1
import Testing

@testable import ParleyTransport

@Suite struct TrustedProxiesTests {
    private let proxies: TrustedProxies = {
        var proxies = TrustedProxies()
        for network in ["10.0.0.0/8", "192.0.2.128/25", "2001:db8::/33", "127.0.0.1"] {
            _ = proxies.networks.add(network)
        }
        return proxies
    }()

    private func head(_ forwarded: [String]) -> RequestHead {
        let headers = HTTPHeaders(forwarded.map { ("X-Forwarded-For", $0) })
        return RequestHead(HTTPRequestHead(version: .http1_1, method: .GET, uri: "/", headers: headers))
    }

    private func client(_ connection: String, _ forwarded: String...) throws -> String? {
        try proxies.client(of: SocketAddress(ipAddress: connection, port: 9), head(forwarded))?.ipAddress
    }

    @Test(
        arguments: [
            ("10.255.0.1", true), ("11.0.0.1", false), ("192.0.2.128", true), ("192.0.2.127", false),
            ("::ffff:10.1.2.3", true), ("2001:db8:7fff::1", true), ("2001:db8:8000::1", false), ("127.0.0.1", true),
            ("127.0.0.2", false), ("::1", false),
        ])
    func networksHoldTheirAddresses(_ address: String, _ isTrusted: Bool) throws {
        #expect(try proxies.contains(SocketAddress(ipAddress: address, port: 0)) == isTrusted)
    }

    @Test func theLastAddressThatIsNoProxyCounts() throws {
        #expect(try client("10.0.0.1", "198.51.100.7") == "198.51.100.7")
        #expect(try client("10.0.0.1", "203.0.113.9, 198.51.100.7, 10.0.0.2") == "198.51.100.7")
        #expect(try client("10.0.0.1", "203.0.113.9", "2001:DB8:ffff::7") == "2001:db8:ffff::7")
        #expect(try client("10.0.0.1", "10.0.0.3, 10.0.0.2") == "10.0.0.3")
        #expect(try client("10.0.0.1", "198.51.100.7:4711") == "198.51.100.7")
        #expect(try client("10.0.0.1", "[2001:db8:ffff::7]:4711") == "2001:db8:ffff::7")
    }

    @Test func nobodyElseIsBelieved() throws {
        #expect(try client("198.51.100.1", "203.0.113.9") == "198.51.100.1")
        #expect(try client("10.0.0.1") == "10.0.0.1")
        #expect(try client("10.0.0.1", "203.0.113.9, unknown") == "10.0.0.1")
        #expect(try client("10.0.0.1", "203.0.113.9, unknown, 10.0.0.2") == "10.0.0.2")
        #expect(try client("10.0.0.1", "1:2:3", "", "[", "]:", ":") == "10.0.0.1")
        #expect(
            try TrustedProxies().client(
                of: SocketAddress(ipAddress: "10.0.0.1", port: 0), head(["203.0.113.9"]))?.ipAddress
                == "10.0.0.1")
    }

    @Test(arguments: ["", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/", "::/129", "10.0.0", "example.org", "1/2/3"])
    func whatIsNoNetworkIsRefused(_ text: String) {
        var proxies = TrustedProxies()
        #expect(proxies.networks.add(text) == false)
        #expect(proxies.networks.isEmpty)
    }
}
