// SPDX-License-Identifier: Apache-2.0

/// One of the places that an address has for sessions which a trusted proxy passes on. Given up when nobody holds it.
final class AddressSeat: Sendable {
    private let key: AddressKey?
    private let counter: AddressCounter

    fileprivate init(_ key: AddressKey?, of counter: AddressCounter) {
        self.key = key
        self.counter = counter
    }

    deinit { if let key { counter.giveUp(key) } }
}

extension AddressCounter {
    /// A place for a session of the client with this address; nil when the address has enough.
    func seat(for address: String) -> AddressSeat? {
        let key = AddressKey(address).flatMap { isCounted($0) ? $0 : nil }
        if let key, !take(key) { return nil }
        return AddressSeat(key, of: self)
    }
}
