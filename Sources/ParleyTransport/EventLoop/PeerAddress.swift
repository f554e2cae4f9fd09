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
        switch CInt(storage.sin6_family) {
        case AF_INET6: SocketAddress(storage)
        case AF_INET: SocketAddress(version4)
        default: nil
        }
    }

    /// Whom it stands for when it is counted; nil for what is no IP address.
    var key: AddressKey? {
        CInt(storage.sin6_family) == AF_INET ? AddressKey(version4: host) : AddressKey(socketAddress)
    }

    /// The address without its port; empty for what is no IP address.
    var text: String {
        guard CInt(storage.sin6_family) == AF_INET else { return socketAddress?.ipAddress ?? "" }
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

    private var version4: sockaddr_in { withUnsafeBytes(of: storage) { $0.loadUnaligned(as: sockaddr_in.self) } }
    private var host: UInt32 { UInt32(bigEndian: version4.sin_addr.s_addr) }
}
