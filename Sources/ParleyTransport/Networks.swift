// SPDX-License-Identifier: Apache-2.0
internal import NIOCore

/// Addresses and networks, by name. Pure.
package struct Networks: Sendable {
    /// IPv4 addresses are held as those of IPv6 that stand for them (RFC 4291, 2.5.5.2).
    private struct Network {
        var address: SIMD16<UInt8>
        var prefix: Int

        func contains(_ other: SIMD16<UInt8>) -> Bool {
            let difference = address ^ other
            let zeros = difference.indices.first { difference[$0] != 0 }
            return prefix <= (zeros.map { $0 * 8 + difference[$0].leadingZeroBitCount } ?? 128)
        }
    }

    private var networks: [Network] = []

    package init() {}

    package var isEmpty: Bool { networks.isEmpty }

    /// Adds an address or a network, `192.0.2.1` or `10.0.0.0/8`. False when the text is neither.
    package mutating func add(_ text: String) -> Bool {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let address = Self.address(parts[0]) else { return false }
        let bits = Self.isVersion4(address) ? 32 : 128
        let prefix = parts.count == 2 ? Int(parts[1]) : bits
        guard let prefix, (0...bits).contains(prefix) else { return false }
        networks.append(Network(address: Self.bytes(of: address), prefix: prefix + 128 - bits))
        return true
    }

    /// Whether an address, written without a port, is one of these, or in one of them.
    package func contains(_ address: String) -> Bool { contains(Self.address(Substring(address))) }

    func contains(_ address: SocketAddress?) -> Bool {
        guard !networks.isEmpty, let address else { return false }
        let bytes = Self.bytes(of: address)
        return networks.contains { $0.contains(bytes) }
    }

    static func address(_ text: Substring) -> SocketAddress? {
        try? SocketAddress(ipAddress: String(text), port: 0)  // nil is what a text that is none comes to
    }

    private static func isVersion4(_ address: SocketAddress) -> Bool {
        if case .v4 = address { true } else { false }
    }

    private static func bytes(of address: SocketAddress) -> SIMD16<UInt8> {
        var bytes = SIMD16<UInt8>()
        switch address {
        case .v4(let address):
            bytes[10] = 0xFF
            bytes[11] = 0xFF
            withUnsafeBytes(of: address.address.sin_addr) {
                for (index, byte) in $0.enumerated() { bytes[12 + index] = byte }
            }
        case .v6(let address):
            withUnsafeBytes(of: address.address.sin6_addr) {
                for (index, byte) in $0.enumerated() { bytes[index] = byte }
            }
        case .unixDomainSocket: break
        }
        return bytes
    }
}
