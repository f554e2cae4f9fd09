// SPDX-License-Identifier: Apache-2.0
import CParleyEpoll
import NIOCore

@testable import ParleyTransport

/// A blocking client.
final class Client: Sendable {
    let descriptor: CInt

    init(_ address: SocketAddress) throws {
        descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
        try address.withSockAddr { pointer, size in
            _ = try Descriptor.check(connect(descriptor, pointer, socklen_t(size)), "connect")
        }
        var limit = timeval(tv_sec: 10, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    }

    deinit { Descriptor.close(descriptor) }

    func send(_ text: String) { _ = Array(text.utf8).withUnsafeBytes { Descriptor.send(descriptor, $0) } }

    /// What comes next, at most 64 KiB; nil at the end, and when it was cut off.
    func receive() -> String? {
        var bytes = [UInt8](repeating: 0, count: 65_536)
        let count = bytes.withUnsafeMutableBytes { Descriptor.receive(descriptor, into: $0) }
        return count > 0 ? String(decoding: bytes[..<count], as: UTF8.self) : nil
    }

    /// All bytes up to the end.
    func receiveAll() -> Int {
        var total = 0
        while let text = receive() { total += text.utf8.count }
        return total
    }

    func endOutput() { Descriptor.endOutput(descriptor) }

    /// Closes so that the other end gets a reset.
    func reset() {
        var linger = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<CParleyEpoll.linger>.size))
        let spare = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
        dup2(spare, descriptor)
        Descriptor.close(spare)
    }
}
