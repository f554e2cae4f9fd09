// SPDX-License-Identifier: Apache-2.0
internal import NIOConcurrencyHelpers

/// How many connections each address holds, over all loops. Touched at accept and close only.
///
/// Trusted proxies are not counted: sessions that they pass on count for the address that they name. Loopback is counted
/// only when asked for: a proxy there would otherwise lock everybody out.
final class AddressCounter: Sendable {
    private struct Counts {
        var total = 0
        var byAddress: [AddressKey: Int] = [:]
    }

    private let counts = NIOLockedValueBox(Counts())
    private let perAddress: Int
    private let inAll: Int
    private let countsLoopback: Bool
    private let proxies: TrustedProxies
    private let refusals: RefusalCounts

    init(_ configuration: TransportConfiguration) {
        perAddress = configuration.maxConnectionsPerAddress
        inAll = configuration.maxConnections
        countsLoopback = configuration.countsLoopback
        proxies = configuration.trustedProxies
        refusals = configuration.refusals
    }

    /// Counts a connection; false when the address, or the server, has enough.
    func add(_ address: PeerAddress) -> Bool {
        let key = key(address)
        let refused: Refused? = counts.withLockedValue { counts in
            guard counts.total < inAll else { return .connections }
            if let key {
                guard counts.byAddress[key, default: 0] < perAddress else { return .connectionsOfAddress }
                counts.byAddress[key, default: 0] += 1
            }
            counts.total += 1
            return nil
        }
        if let refused { refusals.count(refused) }
        return refused == nil
    }

    /// Connections at present.
    var total: Int { counts.withLockedValue { $0.total } }

    func remove(_ address: PeerAddress) {
        counts.withLockedValue { $0.total -= 1 }
        if let key = key(address) { giveUp(key) }
    }

    /// Counts one more for an address that a proxy names, unless it has enough.
    func take(_ key: AddressKey) -> Bool {
        let isTaken = counts.withLockedValue { counts in
            guard counts.byAddress[key, default: 0] < perAddress else { return false }
            counts.byAddress[key, default: 0] += 1
            return true
        }
        if !isTaken { refusals.count(.connectionsOfAddress) }
        return isTaken
    }

    func giveUp(_ key: AddressKey) {
        counts.withLockedValue { counts in
            guard let count = counts.byAddress[key] else { return }
            counts.byAddress[key] = count > 1 ? count - 1 : nil
        }
    }

    func isCounted(_ key: AddressKey) -> Bool { countsLoopback || !key.isLoopback }

    /// Whom a connection is counted for; nil when it is not counted.
    private func key(_ address: PeerAddress) -> AddressKey? {
        guard !proxies.contains(address), let key = address.key, isCounted(key) else { return nil }
        return key
    }
}
