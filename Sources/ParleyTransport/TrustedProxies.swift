// SPDX-License-Identifier: Apache-2.0
internal import NIOCore

/// The proxies whose word on a client's address is believed. Anybody can write `X-Forwarded-For`; what a trusted proxy
/// appended to it is true.
package struct TrustedProxies: Sendable {
    package var networks = Networks()

    package init() {}

    func contains(_ address: SocketAddress?) -> Bool { networks.contains(address) }
    func contains(_ address: PeerAddress) -> Bool { !networks.isEmpty && networks.contains(address.socketAddress) }

    /// The address of the client behind a request: that of the connection, unless a trusted proxy names another. Of the
    /// addresses in `X-Forwarded-For` the last that is no trusted proxy counts; what is before it is hearsay.
    func client(of connection: SocketAddress?, _ head: RequestHead) -> SocketAddress? {
        guard contains(connection) else { return connection }
        var client = connection
        for entry in head.list("x-forwarded-for").reversed() {
            guard let address = Networks.address(entry) ?? Networks.address(withoutPort(entry)) else { break }
            client = address
            if !contains(address) { break }
        }
        return client
    }

    /// Some proxies write `192.0.2.1:4711` and `[2001:db8::1]:4711`.
    private func withoutPort(_ text: Substring) -> Substring {
        guard text.utf8.first == UInt8(ascii: "[") else { return text.prefix { $0 != ":" } }
        return text.dropFirst().prefix { $0 != "]" }
    }
}
