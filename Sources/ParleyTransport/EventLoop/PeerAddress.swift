// SPDX-License-Identifier: Apache-2.0
internal import CParleyEpoll
internal import NIOCore

/// An address as the system writes it, 28 bytes in place. NIO's own, which keeps its text, is made when it is asked for:
/// the two texts of it were a thirtieth of what a client costs that connects, joins and leaves.
struct PeerAddress: Sendable {
    private var storage = sockaddr_in6()

    /// Lets a system call write the address.
    mutating func withPointer(_ body: (UnsafeMutablePointer<sockaddr>, inout socklen_t) -> CInt) -> CInt {
        withUnsafeMutablePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                var size = socklen_t(MemoryLayout<sockaddr_in6>.size)
                return body($0, &size)
            }
        }
    }

    var socketAddress: SocketAddress? {
        if let version4 { return SocketAddress(version4) }
        return CInt(storage.sin6_family) == AF_INET6 ? SocketAddress(storage) : nil
    }

    /// Whom it stands for when it is counted; nil for what is no IP address.
    var key: AddressKey? { host.map { AddressKey(version4: $0) } ?? AddressKey(socketAddress) }

    /// The address without its port; empty for what is no IP address.
    var text: String {
        guard let host else { return socketAddress?.ipAddress ?? "" }
        return String(unsafeUninitializedCapacity: 15) { space in
            var count = 0
            func put(_ byte: UInt8) {
                space.initializeElement(at: count, to: byte)
                count += 1
            }
            for place in 0..<4 {
                if place > 0 { put(UInt8(ascii: ".")) }
                let part = UInt8(truncatingIfNeeded: host >> UInt32(24 - 8 * place))
                if part >= 100 { put(0x30 + part / 100) }
                if part >= 10 { put(0x30 + part / 10 % 10) }
                put(0x30 + part % 10)
            }
            return count
        }
    }

    /// An address of IPv4, its first byte the highest.
    private var host: UInt32? { version4.map { UInt32(bigEndian: $0.sin_addr.s_addr) } }

    /// An IPv4 client of a listener for both families is an IPv4 address here, whatever clothes it came in
    /// (RFC 4291 §2.5.5.2): who may do what is decided by the same rules then, and lists name it as people write it.
    private var version4: sockaddr_in? {
        if CInt(storage.sin6_family) == AF_INET {
            return withUnsafeBytes(of: storage) { $0.loadUnaligned(as: sockaddr_in.self) }
        }
        return withUnsafeBytes(of: storage.sin6_addr) { bytes in
            guard CInt(storage.sin6_family) == AF_INET6, bytes.prefix(10).allSatisfy({ $0 == 0 }), bytes[10] == 0xFF,
                bytes[11] == 0xFF
            else { return nil }
            var plain = sockaddr_in()
            plain.sin_family = sa_family_t(AF_INET)
            plain.sin_port = storage.sin6_port
            plain.sin_addr.s_addr = bytes.loadUnaligned(fromByteOffset: 12, as: UInt32.self)
            return plain
        }
    }
}
