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

    var socketAddress: SocketAddress? {
        switch CInt(storage.sin6_family) {
        case AF_INET6: SocketAddress(storage)
        case AF_INET:
            withUnsafeBytes(of: storage) { SocketAddress($0.loadUnaligned(as: sockaddr_in.self)) }
        default: nil
        }
    }
}
