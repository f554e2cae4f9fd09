// SPDX-License-Identifier: Apache-2.0
internal import ParleyEngineIO
internal import ParleyJSON

/// The payload of a request, read field by field: what is wrong is refused under the field's name. `null` counts as absent.
struct Payload {
    let json: JSON
    /// Put in front of the names of fields, such as `settings.`.
    var prefix = ""

    init(_ json: JSON) { self.json = json }

    subscript(field: String) -> JSON? {
        // Spelled out, since `nil` could be a JSON value too.
        guard let value = json[field], !value.isNull else { return JSON?.none }
        return value
    }

    func refusal(_ field: String, _ code: ErrorCode = .badPayload, _ message: String? = nil) -> Refusal {
        Refusal(code, field: prefix + field, message: message)
    }

    /// An object in an object.
    func object(_ field: String) throws(Refusal) -> Payload? {
        guard let value = self[field] else { return nil }
        guard value.objectValue != nil else { throw refusal(field) }
        var inner = Payload(value)
        inner.prefix = prefix + field + "."
        return inner
    }

    /// A string of at most `limit` characters.
    func string(_ field: String, limit: Int = 256) throws(Refusal) -> String? {
        guard let value = self[field] else { return nil }
        guard let text = value.stringValue, text.hasCharacters(atMost: limit) else { throw refusal(field) }
        return text
    }

    func bool(_ field: String) throws(Refusal) -> Bool? {
        guard let value = self[field] else { return nil }
        guard let flag = value.boolValue else { throw refusal(field) }
        return flag
    }

    func int(_ field: String, in range: ClosedRange<Int>) throws(Refusal) -> Int? {
        guard let value = self[field] else { return nil }
        guard let number = value.intValue, range.contains(number) else { throw refusal(field) }
        return number
    }

    /// Free data in an object, at most `limit` bytes of JSON.
    func metadata(_ field: String, limit: Int) throws(Refusal) -> JSON? {
        guard let value = self[field] else { return nil }
        guard value.objectValue != nil else { throw refusal(field) }
        guard value.text.utf8.count <= limit else { throw refusal(field, .tooLarge) }
        return value
    }

    /// The name of a room: 1 to 128 characters, none of them a control character. The payload itself may be the name.
    func roomIfAny() throws(Refusal) -> RoomName? {
        if json.isNull { return nil }
        if json.stringValue == nil, json.objectValue == nil { throw refusal("room") }
        guard let value = json.stringValue.map(JSON.string) ?? self["room"] else { return nil }
        guard let name = value.stringValue, !name.isEmpty, name.hasCharacters(atMost: 128),
            name.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F })
        else { throw refusal("room") }
        return RoomName(name)
    }

    func room() throws(Refusal) -> RoomName {
        guard let room = try roomIfAny() else { throw refusal("room") }
        return room
    }

    /// A peer's id; nil inside when what is written can be none, `everybody` for `*`.
    func target(_ field: String) throws(Refusal) -> Target {
        guard let text = self[field]?.stringValue else { throw refusal(field) }
        if text == "*" { return .everybody }
        guard let id = SessionID(text) else { throw refusal(field, .peerNotFound) }
        return .peer(id)
    }
}

extension String {
    /// Whether it has so many characters at most, of four bytes on average. Counting them takes long, and is seldom needed.
    fileprivate func hasCharacters(atMost limit: Int) -> Bool {
        utf8.count <= limit || utf8.count <= limit * 4 && count <= limit
    }
}

/// Whom a moderator's request is about.
enum Target: Sendable {
    case everybody
    case peer(SessionID)
}
