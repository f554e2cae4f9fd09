// SPDX-License-Identifier: Apache-2.0
import CParleyEpoll
import NIOCore
import Testing

@testable import ParleyTransport

@Suite struct PeerAddressTests {
    private func address(_ text: String) throws -> PeerAddress {
        var peer = PeerAddress()
        _ = try SocketAddress(ipAddress: text, port: 4711).withSockAddr { pointer, size in
            peer.withPointer { space, length in
                UnsafeMutableRawPointer(space).copyMemory(from: UnsafeRawPointer(pointer), byteCount: size)
                length = socklen_t(size)
                return 0
            }
        }
        return peer
    }

    @Test(arguments: ["0.0.0.0", "127.0.0.1", "192.0.2.10", "255.255.255.255", "10.100.9.99", "2001:db8::1", "::1"])
    func writesAddressesAsTheSystemDoes(_ text: String) throws {
        let peer = try address(text)
        #expect(peer.text == text)
        #expect(peer.text == peer.socketAddress?.ipAddress)
        #expect(peer.key == AddressKey(text))
    }

    @Test func takesOffTheClothesOfIPv6() throws {
        let peer = try address("::ffff:192.0.2.10")
        #expect(peer.text == "192.0.2.10")
        #expect(peer.socketAddress?.ipAddress == "192.0.2.10")
        #expect(peer.socketAddress?.port == 4711)
        #expect(peer.key == AddressKey("192.0.2.10"))
    }

    @Test func whatIsNoAddressHasNeitherTextNorKey() {
        #expect(PeerAddress().text == "")
        #expect(PeerAddress().key == nil)
    }
}
