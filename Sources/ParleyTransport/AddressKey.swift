// SPDX-License-Identifier: Apache-2.0
package import NIOCore

/// Whom an address stands for when something is counted: an IPv4 address for itself, an IPv6 one for its first 64 bits,
/// since that much is one customer's (RFC 6177).
package struct AddressKey: Hashable, Sendable {
    private let bits: UInt64
    private let isVersion4: Bool

    /// An address of IPv4, its first byte the highest.
    init(version4 address: UInt32) {
        bits = UInt64(address)
        isVersion4 = true
    }

    /// Nil for what is no IP address.
    package init?(_ address: SocketAddress?) {
        switch address {
        case .v4(let address):
            bits = UInt64(UInt32(bigEndian: address.address.sin_addr.s_addr))
            isVersion4 = true
        case .v6(let address):
            let (high, low) = withUnsafeBytes(of: address.address.sin6_addr) { bytes in
                (
                    UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)),
                    UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
                )
            }
            // An IPv4 address in the clothes of IPv6 (RFC 4291 §2.5.5.2), and ::1, which is not the network ::/64.
            isVersion4 = high == 0 && low >> 32 == 0xFFFF
            bits = isVersion4 ? low & 0xFFFF_FFFF : high == 0 ? low : high
        default: return nil
        }
    }

    /// From an address as text, without a port.
    package init?(_ text: String) {
        self.init(try? SocketAddress(ipAddress: text, port: 0))  // nil is what a text that is none comes to
    }

    /// Whether it is this machine, where a proxy may stand for everybody.
    package var isLoopback: Bool { isVersion4 ? bits >> 24 == 127 : bits == 1 }
}
