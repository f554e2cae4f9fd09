// SPDX-License-Identifier: Apache-2.0
internal import ParleyEngineIO

/// Who can be called: everybody who goes by a user's name, or one peer.
enum CallParty: Hashable, Sendable {
    case user(String)
    case peer(SessionID)
}

/// What the home of a user, or of a peer, is told.
enum UserMail: Sendable {
    /// A device of a user is here, or is away or gone.
    case arrived(String, SessionID)
    case gone(String, SessionID)
    /// A call of theirs was accepted, or has ended.
    case engaged(CallParty, call: SessionID)
    case free(CallParty, call: SessionID)
    /// A call looks for somebody. A peer that is not found may be a user of that name.
    case find(CallParty, call: SessionID)
}

/// The users whose home is one loop: their devices and whether they are in a call. Confined to its loop.
final class UserDirectory {
    private unowned let loop: SignalingLoop
    private var devices: [String: [SessionID]] = [:]
    private var engaged: [CallParty: Set<SessionID>] = [:]

    init(_ loop: SignalingLoop) { self.loop = loop }

    func received(_ mail: UserMail) {
        switch mail {
        case .arrived(let user, let id): devices[user, default: []].append(id)
        case .gone(let user, let id):
            devices[user]?.removeAll { $0 == id }
            if devices[user]?.isEmpty == true { devices[user] = nil }
        case .engaged(let party, let call): engaged[party, default: []].insert(call)
        case .free(let party, let call):
            engaged[party]?.remove(call)
            if engaged[party]?.isEmpty == true { engaged[party] = nil }
        case .find(let party, let call): find(party, for: call)
        }
    }

    private func find(_ party: CallParty, for call: SessionID) {
        let found: [SessionID]
        switch party {
        case .user(let name): found = devices[name] ?? []
        case .peer(let id):
            guard let peer = loop.peers[id] else {
                let user = CallParty.user(id.description)
                return loop.tell(loop.home(of: user), .find(user, call: call))
            }
            found = peer.isAway ? [] : [id]
        }
        loop.tell(.found(call, found, isBusy: engaged[party] != nil))
    }
}

extension SignalingLoop {
    /// The loop that knows a user or a peer.
    func home(of party: CallParty) -> Int {
        switch party {
        case .user(let name): RoomDirectory.home(of: RoomName(name), loops: count)
        case .peer(let id): id.loop
        }
    }

    func home(of user: String) -> Int { home(of: .user(user)) }

    func tell(_ home: Int, _ mail: UserMail) {
        if home == index { users.received(mail) } else { send(.user(mail), to: home) }
    }

    /// Tells the home of a call.
    func tell(_ mail: CallMail) {
        if mail.call.loop == index { calls.received(mail) } else { send(.call(mail), to: mail.call.loop) }
    }

    /// From a room's home: a party has left the private room of a call.
    func callLeft(_ call: SessionID, by peer: SessionID, _ reason: LeaveReason) {
        tell(.left(call, by: peer, reason: reason.rawValue))
    }
}
