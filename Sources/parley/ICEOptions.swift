// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import FoundationEssentials
internal import ParleySignaling

/// The STUN and TURN servers that clients are told of.
struct ICEOptions: ParsableArguments {
    @Option(help: "A STUN server for the clients (repeatable), such as stun:stun.example.org:3478.")
    var stunUrl: [String] = Setting.list("STUN_URL")
    @Option(help: "A TURN server for the clients (repeatable), such as turn:turn.example.org:3478?transport=udp.")
    var turnUrl: [String] = Setting.list("TURN_URL")
    @Option(help: "A file with the secret that the TURN server knows as static-auth-secret.")
    var turnSecretFile: String?
    @Option(help: "Seconds for which TURN credentials hold.") var turnTtl = Setting.number("TURN_TTL") ?? 3_600

    private var secretFile: String? { turnSecretFile ?? Setting.text("TURN_SECRET_FILE") }

    func validate() throws {
        for (option, urls, schemes) in [
            ("stun-url", stunUrl, ["stun:", "stuns:"]), ("turn-url", turnUrl, ["turn:", "turns:"]),
        ] {
            for url in urls where !schemes.contains(where: url.hasPrefix) {
                throw ValidationError("--\(option) must begin with \(schemes[0]) or \(schemes[1]), not \(url).")
            }
        }
        guard (1...31_536_000).contains(turnTtl) else {
            throw ValidationError("--turn-ttl must be 1 or more seconds, at most a year, not \(turnTtl).")
        }
        guard turnUrl.isEmpty == (secretFile == nil) else {
            throw ValidationError(
                "--turn-url and --turn-secret-file go together: clients get credentials made with the secret.")
        }
    }

    func configuration() throws -> ICEConfiguration {
        var ice = ICEConfiguration()
        ice.stunURLs = stunUrl
        ice.turnURLs = turnUrl
        ice.turnSeconds = turnTtl
        ice.turnSecret = try secretFile.map(SecretFile.read)
        return ice
    }
}

/// A file that holds one secret.
enum SecretFile {
    /// The first line of the file, without the spaces around it.
    static func read(_ path: String) throws -> String {
        let text: String
        do { text = try String(contentsOfFile: path, encoding: .utf8) } catch {
            throw SecretFailure(path: path, problem: "cannot be read: \(error)")
        }
        let line = text.split(whereSeparator: \.isNewline).first ?? ""
        let secret = String(line.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
        guard !secret.isEmpty else { throw SecretFailure(path: path, problem: "holds no secret.") }
        return secret
    }

    /// The same, as a key for signatures.
    static func key(_ path: String) throws -> [UInt8] {
        let secret = Array(try read(path).utf8)
        guard secret.count >= 16 else {
            throw ValidationError("The secret in \(path) has \(secret.count) bytes; it needs 16 or more.")
        }
        return secret
    }
}

private struct SecretFailure: Error, CustomStringConvertible {
    var path: String
    var problem: String

    var description: String { "The secret file \(path) \(problem)" }
}
