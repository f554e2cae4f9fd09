// SPDX-License-Identifier: Apache-2.0
internal import ParleyJSON
package import ParleyTLS

/// The rules of a room.
package struct RoomSettings: Sendable {
    package var capacity: Int
    package var isLocked = false
    package var hasLobby = false
    package var isPublic = false
    /// How long the room outlives its last member, in milliseconds.
    package var emptyTimeoutMs = 0
    package var password: PasswordHash?

    package init(capacity: Int) { self.capacity = capacity }

    /// The rules as clients see them.
    func write(into rules: inout ObjectText) {
        rules.set("capacity", Int64(capacity))
        rules.set("locked", isLocked)
        rules.set("password", password != nil)
        rules.set("lobby", hasLobby)
        rules.set("public", isPublic)
        rules.set("emptyTimeoutMs", Int64(emptyTimeoutMs))
    }

    /// The same as a value, for what is not asked for often.
    var json: JSON { .object { write(into: &$0) } }
}

/// What is to be different about a room. Nil leaves a rule as it is.
struct SettingsChange: Sendable {
    var capacity: Int?
    var isLocked: Bool?
    var hasLobby: Bool?
    var isPublic: Bool?
    var emptyTimeoutMs: Int?
    /// A password in the clear; the outer nil leaves the present one, the inner nil takes it away.
    var password: String??
    var metadata: JSON?

    init() {}

    /// Reads the `settings` of a payload. Unknown ones are refused: what is asked for and not granted must not look granted.
    init(_ settings: Payload, _ limits: SignalingConfiguration, maxCapacity: Int) throws(Refusal) {
        for name in settings.json.objectValue?.keys.elements ?? []
        where !["capacity", "locked", "lobby", "public", "emptyTimeoutMs", "password", "metadata"].contains(name) {
            throw settings.refusal(name, .badPayload, "There is no such setting.")
        }
        capacity = try settings.int("capacity", in: 1...max(1, maxCapacity))
        isLocked = try settings.bool("locked")
        hasLobby = try settings.bool("lobby")
        isPublic = try settings.bool("public")
        emptyTimeoutMs = try settings.int("emptyTimeoutMs", in: 0...limits.maxEmptyTimeoutMs)
        metadata = try settings.metadata("metadata", limit: limits.maxMetadataBytes)
        if let value = settings.json["password"] {
            let text = try settings.string("password", limit: limits.maxPasswordCharacters) ?? ""
            guard value.isNull || value.stringValue != nil else { throw settings.refusal("password") }
            password = .some(text.isEmpty ? nil : text)
        }
    }

    /// Everything but the password, which has to be hashed first.
    func apply(to settings: inout RoomSettings) {
        if let capacity { settings.capacity = capacity }
        if let isLocked { settings.isLocked = isLocked }
        if let hasLobby { settings.hasLobby = hasLobby }
        if let isPublic { settings.isPublic = isPublic }
        if let emptyTimeoutMs { settings.emptyTimeoutMs = emptyTimeoutMs }
    }
}
