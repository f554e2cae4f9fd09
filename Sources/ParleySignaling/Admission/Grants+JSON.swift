// SPDX-License-Identifier: Apache-2.0
package import ParleyJSON

extension Grants {
    /// Reads grants as tokens and webhooks name them: `name`, `rooms`, `grants`, `create`, `capacity`, `metadata`, and the
    /// user under `userKey`. `null` counts as absent, and unknown members are for others.
    ///
    /// - Throws: `auth_invalid` when a member is not of its type: who meant to restrict must not end up granting.
    package init(_ json: JSON, userKey: String) throws(AdmissionError) {
        let payload = Payload(json)
        self.init()
        do throws(Refusal) {
            user = try payload.string(userKey, limit: 128)
            name = try payload.string("name", limit: 128)
            rooms = try payload.strings("rooms")
            let named = try payload.strings("grants") ?? []
            moderates = named.contains("moderate")
            administers = named.contains("admin")
            observes = named.contains("observe")
            creates = try payload.bool("create") ?? true
            capacity = try payload.int("capacity", in: 1...1_000_000)
            metadata = try payload.metadata("metadata", limit: 4_096)
        } catch {
            throw AdmissionError(.authInvalid)
        }
        if user?.isEmpty == true { user = nil }
    }
}

extension Payload {
    /// An array of at most 256 strings.
    fileprivate func strings(_ field: String) throws(Refusal) -> [String]? {
        guard let value = self[field] else { return nil }
        guard let elements = value.arrayValue, elements.count <= 256 else { throw refusal(field) }
        var strings: [String] = []
        for element in elements {
            guard let string = element.stringValue else { throw refusal(field) }
            strings.append(string)
        }
        return strings
    }
}
