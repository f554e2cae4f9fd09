// SPDX-License-Identifier: Apache-2.0
internal import ParleyEngineIO
internal import ParleyJSON
internal import ParleySocketIO
internal import ParleyTLS

/// The STUN and TURN servers that clients are told of.
public struct ICEConfiguration: Sendable {
    /// Such as `stun:stun.example.org:3478`.
    public var stunURLs: [String] = []
    /// Such as `turn:turn.example.org:3478?transport=udp`. Told only when there is a secret.
    public var turnURLs: [String] = []
    /// What the TURN server knows as `static-auth-secret`.
    public var turnSecret: String?
    /// How long credentials hold, in seconds.
    public var turnSeconds = 3_600

    public init() {}

    var hasTURN: Bool { turnSecret != nil && !turnURLs.isEmpty }

    /// What clients are told about the life of what they get, in seconds.
    var ttlSeconds: Int { hasTURN ? turnSeconds : 86_400 }

    /// The list as `RTCPeerConnection` takes it, with credentials for one user.
    func servers(for user: String) -> JSON {
        var servers: [JSON] = []
        if !stunURLs.isEmpty { servers.append(["urls": .array(stunURLs.map(JSON.string))]) }
        if let credentials = TURNCredentials(self, user: user) {
            servers.append([
                "urls": .array(turnURLs.map(JSON.string)), "username": .string(credentials.username),
                "credential": .string(credentials.password),
            ])
        }
        return .array(servers)
    }
}

/// A user's right to use the TURN server for a while, as coturn's `use-auth-secret` checks it: the name says until when,
/// the password is its HMAC-SHA1 (draft-uberti-behave-turn-rest-00).
struct TURNCredentials {
    let username: String
    let password: String

    /// Nil when there is no TURN server.
    init?(_ configuration: ICEConfiguration, user: String) {
        guard configuration.hasTURN, let secret = configuration.turnSecret else { return nil }
        username = "\(WallClock.milliseconds / 1_000 + Int64(configuration.turnSeconds)):\(Self.escaped(user))"
        password = Base64.encode(MessageAuthentication.sha1(key: Array(secret.utf8), Array(username.utf8)))
    }
    /// coturn answers 400 to names with these characters; they are percent-encoded.
    private static func escaped(_ user: String) -> String {
        var name = ""
        for scalar in user.unicodeScalars {
            if scalar.value <= 0x20 || scalar.value == 0x7F || "'\"\\%".unicodeScalars.contains(scalar) {
                let hex = String(scalar.value, radix: 16, uppercase: true)
                name += "%" + (hex.count < 2 ? "0" : "") + hex
            } else {
                name.unicodeScalars.append(scalar)
            }
        }
        return name
    }
}
