// SPDX-License-Identifier: Apache-2.0
package import ParleyEngineIO
package import ParleyJSON

/// One call from its first ring to its end: who rings, who may do what, who is told. Pure.
package struct CallState: Sendable {
    package enum Phase: Sendable, Equatable {
        /// The callee's devices are being looked for.
        case looking
        case ringing
        case accepted(by: SessionID)
        case over
    }

    /// Events for peers, in order.
    package typealias News = [(peer: SessionID, event: StaticString, payload: JSON)]

    package let id: SessionID
    package let caller: SessionID
    package private(set) var phase = Phase.looking
    /// The callee's devices that ring.
    package private(set) var devices: [SessionID] = []

    package init(id: SessionID, caller: SessionID) {
        self.id = id
        self.caller = caller
    }

    /// Both ends of an accepted call.
    package var parties: [SessionID] {
        if case .accepted(let callee) = phase { [caller, callee] } else { [] }
    }

    /// The devices were found: they ring with `incoming`.
    package mutating func ring(_ devices: [SessionID], _ incoming: JSON) -> News {
        guard phase == .looking else { return [] }
        phase = .ringing
        self.devices = devices
        return devices.map { ($0, "call:incoming", incoming) }
    }

    /// A device takes the call; the first one gets it. Nil when it is not its turn.
    package mutating func accept(by device: SessionID) -> News? {
        guard phase == .ringing, devices.contains(device) else { return nil }
        phase = .accepted(by: device)
        return elsewhere(than: device, "accepted")
    }

    /// A device refuses the call, for all devices of the callee.
    package mutating func decline(by device: SessionID, _ reason: String?) -> News? {
        guard phase == .ringing, devices.contains(device) else { return nil }
        phase = .over
        return [(caller, "call:declined", event(by: device, reason))] + elsewhere(than: device, "declined")
    }

    /// The caller gives up.
    package mutating func cancel(by peer: SessionID, _ reason: String?) -> News? {
        guard phase == .ringing || phase == .looking, peer == caller else { return nil }
        phase = .over
        return devices.map { ($0, "call:cancelled", event(by: nil, reason)) }
    }

    /// Nobody took it in time.
    package mutating func timeOut() -> News {
        guard phase == .ringing else { return [] }
        phase = .over
        return ([caller] + devices).map { ($0, "call:timeout", event(by: nil, nil)) }
    }

    /// One of the parties hangs up, or is gone.
    package mutating func end(by peer: SessionID, _ reason: String?) -> News? {
        let parties = parties
        guard parties.contains(peer) else { return nil }
        phase = .over
        return parties.map { ($0, "call:ended", event(by: peer, reason)) }
    }

    /// Somebody who runs the server ends it.
    package mutating func close(_ reason: String) -> News? {
        let parties = parties
        guard !parties.isEmpty else { return nil }
        phase = .over
        return parties.map { ($0, "call:ended", event(by: nil, reason)) }
    }

    private func elsewhere(than device: SessionID, _ action: String) -> News {
        devices.filter { $0 != device }.map { other in
            var payload = event(by: nil, nil)
            payload.set("action", .string(action))
            return (other, "call:elsewhere", payload)
        }
    }

    private func event(by peer: SessionID?, _ reason: String?) -> JSON {
        var payload: JSON = ["callId": .string(id.description)]
        payload.set("by", peer.map { .string($0.description) })
        payload.set("reason", reason.map(JSON.string))
        return payload
    }
}
