// SPDX-License-Identifier: Apache-2.0
internal import CParleyEpoll
internal import NIOCore

/// System calls on file descriptors. Where a call may fail in daily work, a negative result is the negated `errno`.
enum Descriptor {
    /// Up to `buffer.count` bytes that came; 0 at their end.
    @inline(__always)
    static func receive(_ descriptor: CInt, into buffer: UnsafeMutableRawBufferPointer) -> Int {
        while true {
            let count = recv(descriptor, buffer.baseAddress, buffer.count, 0)
            if count >= 0 { return count }
            let code = parley_errno()
            if code != EINTR { return -Int(code) }
        }
    }

    /// How many of the bytes the system took. A connection that is gone is an error, never a signal.
    @inline(__always)
    static func send(_ descriptor: CInt, _ bytes: UnsafeRawBufferPointer) -> Int {
        while true {
            let count = CParleyEpoll.send(descriptor, bytes.baseAddress, bytes.count, CInt(MSG_NOSIGNAL))
            if count >= 0 { return count }
            let code = parley_errno()
            if code != EINTR { return -Int(code) }
        }
    }

    /// Linux closes the descriptor even when it reports an error, so there is nothing to repeat.
    static func close(_ descriptor: CInt) { _ = CParleyEpoll.close(descriptor) }

    static func endOutput(_ descriptor: CInt) { _ = shutdown(descriptor, CInt(SHUT_WR)) }

    /// Throws what `errno` says when a call has returned a negative value.
    @discardableResult
    static func check(_ result: CInt, _ reason: String) throws -> CInt {
        guard result < 0 else { return result }
        throw IOError(errnoCode: parley_errno(), reason: reason)
    }
}

extension Descriptor {
    /// A socket bound to the address that takes connections, whose own connections send small packets at once:
    /// on Linux they inherit `TCP_NODELAY`.
    static func listening(on address: SocketAddress) throws -> CInt {
        let type = CInt(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let descriptor = try check(
            socket(address.protocol.rawValue, type, 0), "socket(domain:type:protocolSubtype:)")
        do {
            try set(descriptor, SOL_SOCKET, SO_REUSEADDR)
            if address.pathname == nil { try set(descriptor, CInt(IPPROTO_TCP), TCP_NODELAY) }
            // `::` is all addresses, those of IPv4 too, however the system is set up (RFC 3493 §5.3).
            if case .v6 = address { try set(descriptor, CInt(IPPROTO_IPV6), IPV6_V6ONLY, to: 0) }
            _ = try address.withSockAddr { pointer, size in
                try check(bind(descriptor, pointer, socklen_t(size)), "bind(descriptor:ptr:bytes:)")
            }
            try check(listen(descriptor, 4096), "listen(descriptor:backlog:)")
            return descriptor
        } catch {
            close(descriptor)
            throw error
        }
    }

    private static func set(_ descriptor: CInt, _ level: CInt, _ option: CInt, to value: CInt = 1) throws {
        var value = value
        try check(
            setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<CInt>.size)),
            "setsockopt(socket:level:optname:optval:optlen:)")
    }

    /// The address of this end.
    static func localAddress(_ descriptor: CInt) -> SocketAddress? {
        var address = PeerAddress()
        let result = address.withPointer { getsockname(descriptor, $0, &$1) }
        return result == 0 ? address.socketAddress : nil
    }
}
