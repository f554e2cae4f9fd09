// SPDX-License-Identifier: Apache-2.0
internal import NIOCore

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif

/// What this machine is called in its network.
enum Machine {
    static var hostName: String {
        var buffer = [CChar](repeating: 0, count: 256)
        guard gethostname(&buffer, buffer.count - 1) == 0 else { return "localhost" }
        let name = String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return name.isEmpty ? "localhost" : name
    }

    /// What to listen on for all addresses: those of IPv4 alone where the system was started without IPv6.
    static var allAddresses: String {
        let descriptor = socket(AF_INET6, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { return "0.0.0.0" }
        close(descriptor)
        return "::"
    }

    /// Its addresses that others can reach, IPv4 first. Without those that hold on one line only (fe80::/10).
    static var addresses: [String] {
        let devices = (try? System.enumerateDevices()) ?? []
        let all = devices.compactMap(\.address).filter { !$0.isLoopback && !$0.isLinkLocal }
        let texts = all.filter { $0.protocol == .inet } + all.filter { $0.protocol == .inet6 }
        return texts.compactMap(\.ipAddress).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }

    /// All that a certificate for this machine is for.
    static var names: [String] {
        let host = hostName.lowercased()
        let hosts = host.contains(".") || host == "localhost" ? [host] : [host, host + ".local"]
        return hosts + (hosts.contains("localhost") ? [] : ["localhost"]) + ["127.0.0.1", "::1"] + addresses
    }
}

extension SocketAddress {
    fileprivate var isLoopback: Bool {
        switch self {
        case .v4(let address): UInt32(bigEndian: address.address.sin_addr.s_addr) >> 24 == 127
        case .v6(let address):
            withUnsafeBytes(of: address.address.sin6_addr) { $0.dropLast().allSatisfy { $0 == 0 } && $0.last == 1 }
        case .unixDomainSocket: true
        }
    }

    fileprivate var isLinkLocal: Bool {
        guard case .v6(let address) = self else { return false }
        return withUnsafeBytes(of: address.address.sin6_addr) { $0[0] == 0xFE && $0[1] & 0xC0 == 0x80 }
    }
}
