// SPDX-License-Identifier: Apache-2.0
internal import ParleyEngineIO
internal import ParleyJSON

/// The requests of a client that are no signals.
extension Peer {
    func request(_ event: String, _ payload: Payload, _ ackID: Int?) throws(Refusal) {
        switch event {
        case "join": try join(payload, ackID)
        case "leave": try leave(payload, ackID)
        case "peers": try peers(payload, ackID)
        case "update": try update(payload, ackID)
        case "rooms": try listRooms(payload, ackID)
        case "room:update": try act(payload, ackID, try settings(payload))
        case "knock:answer": try act(payload, ackID, try knockAnswer(payload))
        case "moderate": try moderate(payload, ackID)
        case "auth:refresh": try refreshGrants(payload, ackID)
        case "ice": answer(ackID, iceAnswer())
        case "report": try report(payload, ackID)
        case "call": try loop.calls.call(payload, from: self, ackID)
        case "call:accept", "call:decline", "call:cancel", "call:end":
            try loop.calls.request(event, payload, from: self, ackID)
        default: throw Refusal(.unknownEvent)
        }
    }

    /// Something that only members may do in a room.
    private func act(_ payload: Payload, _ ackID: Int?, _ kind: RoomAct.Kind) throws(Refusal) {
        let room = try payload.room()
        guard isMember(of: room) else { throw Refusal(.notInRoom, field: "room") }
        loop.act(RoomAct(room: room, peer: id, ackID: ackID, kind: kind))
    }

    /// Its own metadata, in one room or in all.
    private func update(_ payload: Payload, _ ackID: Int?) throws(Refusal) {
        let set = try payload.metadata("set", limit: loop.configuration.maxMetadataBytes)
        var remove: [String] = []
        if let list = payload["remove"] {
            guard let items = list.arrayValue, items.count <= 256 else { throw payload.refusal("remove") }
            for item in items {
                guard let key = item.stringValue else { throw payload.refusal("remove") }
                remove.append(key)
            }
        }
        guard set != nil || !remove.isEmpty else { throw payload.refusal("set") }
        let named = try payload.roomIfAny()
        if let named, !isMember(of: named) { throw Refusal(.notInRoom, field: "room") }
        let targets = named.map { [$0] } ?? rooms.map(\.name)
        guard !targets.isEmpty else { throw Refusal(.notInRoom, field: "room") }
        for (index, room) in targets.enumerated() {
            // One ack for all of them.
            let ackID = index == targets.count - 1 ? ackID : nil
            loop.act(RoomAct(room: room, peer: id, ackID: ackID, kind: .update(set: set, remove: remove)))
        }
    }

    private func settings(_ payload: Payload) throws(Refusal) -> RoomAct.Kind {
        let limits = loop.configuration
        let settings = try payload.object("settings")
        var change =
            try settings.map { settings throws(Refusal) in
                try SettingsChange(settings, limits, maxCapacity: maxCapacity)
            }
            ?? SettingsChange()
        if let metadata = try payload.metadata("metadata", limit: limits.maxMetadataBytes) {
            change.metadata = metadata
        }
        guard settings != nil || change.metadata != nil else { throw payload.refusal("settings") }
        return .settings(change)
    }

    private func knockAnswer(_ payload: Payload) throws(Refusal) -> RoomAct.Kind {
        guard let isAdmitted = try payload.bool("admit") else { throw payload.refusal("admit") }
        return .answerKnock(
            try payload.target("peerId"), isAdmitted: isAdmitted, reason: try payload.string("reason", limit: 500))
    }

    private func moderate(_ payload: Payload, _ ackID: Int?) throws(Refusal) {
        guard let action = try payload.string("action").flatMap(Moderation.Action.init(rawValue:)) else {
            throw payload.refusal("action")
        }
        var moderation = Moderation(action: action)
        if action != .unban || payload["peerId"] != nil { moderation.target = try payload.target("peerId") }
        moderation.reason = try payload.string("reason", limit: 500)
        moderation.durationMs = try payload.int("durationMs", in: 1...365 * 86_400_000)
        if let role = try payload.string("role") {
            guard let role = Member.Role(rawValue: role) else { throw payload.refusal("role") }
            moderation.role = role
        }
        guard action != .role || moderation.role != nil else { throw payload.refusal("role") }
        if let marks = payload["by"] {
            let named = (marks.arrayValue ?? []).compactMap { $0.stringValue.flatMap(BanList.Mark.init(rawValue:)) }
            guard let count = marks.arrayValue?.count, count > 0, named.count == count else {
                throw payload.refusal("by")
            }
            moderation.marks = Set(named)
        }
        moderation.user = try payload.string("user")
        moderation.address = try payload.string("address")
        if action.asksClient, let ackID { roomReceipts[ackID] = RoomReceipt(.moderation) }
        try act(payload, ackID, .moderate(moderation))
    }
}
