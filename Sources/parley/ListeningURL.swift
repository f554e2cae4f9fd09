// SPDX-License-Identifier: Apache-2.0

/// Where a server listens, as people write it into a browser.
struct ListeningURL {
    /// The addresses that stand for all: of IPv4, and of both.
    static let all = ["0.0.0.0", "::"]

    var scheme: String
    var host: String
    var port: Int

    var isForAll: Bool { Self.all.contains(host) }
    /// With the address that is listened on; loopback by its name, which pages are trusted by.
    var text: String { isLoopback ? here : "\(scheme)://\(Self.host(host)):\(port)" }
    /// As this machine reaches it; no browser opens the addresses that stand for all.
    var here: String { isLoopback || isForAll ? "\(scheme)://localhost:\(port)" : text }

    private var isLoopback: Bool { ["127.0.0.1", "::1"].contains(host) }

    /// A name or an address as URLs have it (RFC 3986 §3.2.2).
    static func host(_ host: String) -> String { host.contains(":") ? "[\(host)]" : host }
}
