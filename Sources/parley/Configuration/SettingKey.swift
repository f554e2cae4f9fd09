// SPDX-License-Identifier: Apache-2.0
internal import ParleyJSON

/// Something that can be set by an option of `parley serve`, by a variable of the environment, and by a key of the
/// configuration file, all of one name.
struct SettingKey: Sendable {
    enum Kind: Sendable { case text, number, list, flag }

    /// As in the file, and behind two dashes on the command line.
    let name: String
    let kind: Kind
    /// What holds where nothing is said, in words. The options decide it themselves.
    let standard: String
    /// Other names of the option.
    var aliases: [String] = []

    private init(_ name: String, _ kind: Kind = .text, _ standard: String = "", aliases: [String] = []) {
        self.name = name
        self.kind = kind
        self.standard = standard
        self.aliases = aliases
    }

    /// Without `PARLEY_`.
    var variable: String { name.uppercased().replacing("-", with: "_") }
    var options: [String] { ([name] + aliases).map { "--" + $0 } }

    /// Why a value of the file cannot be meant; nil when it can.
    func fault(of value: JSON) -> String? {
        switch kind {
        case .text where value.stringValue != nil: return nil
        case .number where value.intValue != nil: return nil
        case .flag where value.boolValue != nil: return nil
        case .list where value.arrayValue?.allSatisfy({ $0.stringValue != nil }) == true: return nil
        case .text: return "must be a text, in quotation marks"
        case .number: return "must be a whole number, without quotation marks"
        case .list: return "must be an array of texts, such as [\"…\"]"
        case .flag: return "must be true or false"
        }
    }

    static let all: [SettingKey] = [
        .init("host", .text, "127.0.0.1; with --lan all"), .init("port", .number, "3000"),
        .init("path", .text, "/socket.io"), .init("threads", .number, "one for each core"), .init("origin", .list),
        .init("resume-window", .number, "60"), .init("busy-poll", .number, "50"),

        .init("web", .text, "web, here or beside the program"), .init("no-web", .flag, "false"),
        .init("client-dir"),

        .init("tls-cert", .list), .init("tls-key", .list), .init("hsts", .number),

        .init("lan", .flag, "false"), .init("lan-http-port", .number, "3080"),
        .init("certs", .text, "certs", aliases: ["out"]), .init("name", .list),

        .init("token-secret-file"), .init("jwks"), .init("token-issuer"), .init("token-audience"),
        .init("token-leeway", .number, "30"), .init("max-auth-failures", .number, "10, loopback not counted"),
        .init("auth-webhook"), .init("auth-webhook-secret-file"), .init("auth-webhook-timeout", .number, "5000"),

        .init("admin-user"), .init("admin-password-file"), .init("admin-read-only", .flag, "false"),
        .init("admin", .flag, "false"), .init("admin-development", .flag, "false"),

        .init("stun-url", .list), .init("turn-url", .list), .init("turn-secret-file"),
        .init("turn-ttl", .number, "3600"),

        .init("ping-interval", .number, "25000"), .init("ping-timeout", .number, "20000"),
        .init("connect-timeout", .number, "10000"), .init("max-payload", .number, "1000000"),
        .init("max-connections-per-address", .number, "256, loopback not counted"),
        .init("max-packets-per-second", .number, "200, and no limit on loopback"), .init("trusted-proxy", .list),

        .init("no-metrics", .flag, "false"), .init("metrics-from", .list),

        .init("log-format", .text, "text"), .init("log-level", .text, "notice"),

        .init("event-webhook"), .init("event-webhook-secret-file"), .init("event-webhook-queue", .number, "5000"),
    ]

    static func named(_ name: String) -> SettingKey? { all.first { $0.name == name } }

    /// The key that somebody who wrote this may have meant.
    static func nearest(to name: String) -> SettingKey? {
        let meant = name.lowercased().replacing("_", with: "-")
        if let alias = all.first(where: { $0.name == meant || $0.aliases.contains(meant) }) { return alias }
        let near = all.map { ($0, distance(meant, $0.name)) }.min { $0.1 < $1.1 }
        return near.flatMap { $0.1 <= max(2, meant.count / 3) ? $0.0 : nil }
    }

    /// How many characters have to be put in, taken out or replaced (Levenshtein).
    private static func distance(_ one: String, _ other: String) -> Int {
        let other = Array(other.utf8)
        var row = Array(0...other.count)
        for (index, byte) in one.utf8.prefix(64).enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for place in other.indices {
                let replaced = diagonal + (byte == other[place] ? 0 : 1)
                diagonal = row[place + 1]
                row[place + 1] = min(replaced, row[place] + 1, row[place + 1] + 1)
            }
        }
        return row[other.count]
    }
}
