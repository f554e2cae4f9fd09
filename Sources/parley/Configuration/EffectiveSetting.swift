// SPDX-License-Identifier: Apache-2.0

/// The value that holds for a setting, and where it was said. For people.
struct EffectiveSetting: Equatable {
    var value: String
    var origin: String

    init(_ key: SettingKey, _ words: CommandWords) {
        let given = key.kind == .flag ? words.has(key.options) ? ["true"] : [] : words.values(of: key.options)
        if let last = given.last {
            value = Self.shown(key.kind == .list ? given.joined(separator: ",") : last)
            origin = "command line"
        } else if let text = Setting.environment(key.variable) {
            value = Self.shown(text)
            origin = "PARLEY_\(key.variable)"
        } else if let file = Setting.file, let filed = file.values[key.name] {
            value = Self.shown(filed.settingText)
            origin = file.place(of: key.name)
        } else {
            value = key.standard.isEmpty ? "-" : key.standard
            origin = "default"
        }
    }

    /// Without what may be secret in an address: who asks, and the query.
    private static func shown(_ text: String) -> String {
        text.split(separator: ",", omittingEmptySubsequences: false).map { part in
            guard let scheme = part.firstRange(of: "://") else { return String(part) }
            let rest = part[scheme.upperBound...]
            let address = rest.prefix { $0 != "?" }
            let host = address.lastIndex(of: "@").map { address[address.index(after: $0)...] } ?? address
            return "\(part[..<scheme.upperBound])\(host)\(address.endIndex == rest.endIndex ? "" : "?…")"
        }.joined(separator: ",")
    }
}
