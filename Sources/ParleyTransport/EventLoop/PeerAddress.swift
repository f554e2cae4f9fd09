// SPDX-License-Identifier: Apache-2.0
internal import CParleyEpoll
internal import NIOCore

/// An address as the system writes it, 28 bytes in place. NIO's own, with its text, is made when it is asked for.
struct PeerAddress {
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

    /// An IPv4 client of a listener for both families is an IPv4 address here, whatever clothes it came in
    /// (RFC 4291 §2.5.5.2): who may do what is decided by the same rules then, and lists name it as people write it.
    var socketAddress: SocketAddress? {
        switch CInt(storage.sin6_family) {
        case AF_INET6: version4 ?? SocketAddress(storage)
        case AF_INET:
            withUnsafeBytes(of: storage) { SocketAddress($0.loadUnaligned(as: sockaddr_in.self)) }
        default: nil
        }
    }

    private var version4: SocketAddress? {
        let address = withUnsafeBytes(of: storage.sin6_addr) { bytes -> in_addr? in
            let isMapped = bytes.prefix(10).allSatisfy { $0 == 0 } && bytes[10] == 0xFF && bytes[11] == 0xFF
            return isMapped ? in_addr(s_addr: bytes.loadUnaligned(fromByteOffset: 12, as: UInt32.self)) : nil
        }
        guard let address else { return nil }
        var plain = sockaddr_in()
        plain.sin_family = sa_family_t(AF_INET)
        plain.sin_port = storage.sin6_port
        plain.sin_addr = address
        return SocketAddress(plain)
    }
}
