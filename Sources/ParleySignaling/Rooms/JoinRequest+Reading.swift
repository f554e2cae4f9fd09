// SPDX-License-Identifier: Apache-2.0
internal import ParleyJSON

extension JoinRequest {
    /// Reads the payload of `join`: an object, or just the name of the room.
    init(_ payload: JSON, from peer: Peer, ackID: Int?) throws(Refusal) {
        let limits = peer.loop.configuration
        if payload.stringValue == nil, payload.objectValue == nil { throw Refusal(.badPayload, field: "room") }
        guard let room = payload.stringValue ?? payload["room"]?.stringValue, Self.isName(room) else {
            throw Refusal(.badPayload, field: "room")
        }
        let settings = payload["settings"] ?? .null
        if !settings.isNull, settings.objectValue == nil { throw Refusal(.badPayload, field: "settings") }
        // What a creator asks for and does not get must not look granted.
        for rule in ["locked", "password", "lobby", "public", "emptyTimeoutMs"] where settings[rule] != nil {
            throw Refusal(
                .badPayload, field: "settings.\(rule)", message: "This server does not know this setting yet.")
        }
        guard payload["password"] == nil else {
            throw Refusal(.badPayload, field: "password", message: "This server has no rooms with passwords yet.")
        }
        var capacity = limits.defaultCapacity
        if let wanted = settings["capacity"], !wanted.isNull {
            guard let number = wanted.intValue, (1...limits.maxCapacity).contains(number) else {
                throw Refusal(.badPayload, field: "settings.capacity")
            }
            capacity = number
        }
        if let create = payload["create"], create.boolValue == nil { throw Refusal(.badPayload, field: "create") }
        let metadata = try Self.metadata(payload["metadata"], "metadata", limits)
        self.init(
            room: RoomName(room), peer: peer.id, ackID: ackID, name: peer.name, metadata: metadata ?? peer.metadata,
            creates: payload["create"]?.boolValue ?? true, capacity: capacity,
            roomMetadata: try Self.metadata(settings["metadata"], "settings.metadata", limits) ?? .object([:]))
    }

    /// 1 to 128 characters, none of them a control character.
    private static func isName(_ name: String) -> Bool {
        !name.isEmpty && name.count <= 128 && name.utf8.count <= 512
            && name.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
    }

    private static func metadata(
        _ value: JSON?, _ field: String, _ limits: SignalingConfiguration
    ) throws(Refusal) -> JSON? {
        guard let value, !value.isNull else { return nil }
        guard value.objectValue != nil else { throw Refusal(.badPayload, field: field) }
        guard value.text.utf8.count <= limits.maxMetadataBytes else { throw Refusal(.tooLarge, field: field) }
        return value
    }
}
