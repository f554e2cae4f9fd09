// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import ParleyJSON
internal import ParleySignaling
internal import ParleySocketIO

/// Mints tokens for trials and demonstrations.
struct Token: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Sign a token (HS256) that `parley serve --token-secret-file` accepts, and print it.",
        discussion: """
            parley token --user ada --room 'team-*' --ttl 8h --token-secret-file secret.txt
            Make a secret with: openssl rand -base64 48 > secret.txt; chmod 600 secret.txt
            """)

    @Option(help: "A file with the secret, of at least 32 bytes.") var tokenSecretFile: String?
    @Option(help: "Who the token is for (sub).") var user: String
    @Option(help: "The name that others see.") var name: String?
    @Option(help: "A room that may be joined, * for any characters (repeatable); without it all rooms.")
    var room: [String] = []
    @Option(help: "moderate, admin or observe (repeatable).") var grant: [Grant] = []
    @Flag(name: .customLong("no-create"), help: "Rooms may be joined, not created.") var createsNoRooms = false
    @Option(help: "The largest capacity of rooms that are created.") var capacity: Int?
    @Option(help: "Metadata that others see, a JSON object.") var metadata: String?
    @Option(help: "How long it holds: 90s, 15m, 8h, 7d.") var ttl = "1h"
    @Option(help: "How long until it holds, in the same form.") var notBefore: String?
    @Option(help: "The issuer (iss).") var issuer: String?
    @Option(help: "The audience (aud).") var audience: String?
    @Option(help: "The name of the key (kid).") var keyId: String?

    enum Grant: String, ExpressibleByArgument, CaseIterable { case moderate, admin, observe }

    func run() async throws {
        guard let file = tokenSecretFile ?? Setting.text("TOKEN_SECRET_FILE") else {
            throw ValidationError("--token-secret-file is missing: the file with the secret that the server knows.")
        }
        let signer: TokenSigner
        do { signer = try await TokenSigner(secret: try SecretFile.read(file)) } catch let error as TokenKeyError {
            throw ValidationError("\(file): \(error)")
        }
        Console.print(try signer.sign(try claims(), keyID: keyId))
    }

    private func claims() throws -> JSON {
        let now = WallClock.milliseconds / 1_000
        var claims: [(String, JSON?)] = [
            ("sub", .string(user)), ("name", name.map(JSON.string)), ("iss", issuer.map(JSON.string)),
            ("aud", audience.map(JSON.string)), ("iat", .int(now)),
            ("exp", .int(now + (try Self.seconds("ttl", ttl)))),
            ("nbf", try notBefore.map { .int(now + (try Self.seconds("not-before", $0))) }),
            ("rooms", room.isEmpty ? JSON?.none : .array(room.map(JSON.string))),
            ("grants", grant.isEmpty ? JSON?.none : .array(grant.map { .string($0.rawValue) })),
            ("create", createsNoRooms ? .bool(false) : JSON?.none),
        ]
        if let capacity {
            guard capacity > 0 else { throw ValidationError("--capacity must be 1 or more, not \(capacity).") }
            claims.append(("capacity", .int(Int64(capacity))))
        }
        if let metadata {
            guard let json = try? JSON(parsing: metadata), json.objectValue != nil else {
                throw ValidationError("--metadata must be a JSON object, such as {\"team\":\"red\"}.")
            }
            claims.append(("metadata", json))
        }
        return .object(.init(uniqueKeysWithValues: claims.compactMap { name, value in value.map { (name, $0) } }))
    }

    private static func seconds(_ option: String, _ text: String) throws -> Int64 {
        let factors: [Character: Int64] = ["s": 1, "m": 60, "h": 3_600, "d": 86_400]
        let unit = text.last.flatMap { factors[$0] }
        guard let number = Int64(unit == nil ? text : String(text.dropLast())), (1...1_000_000_000).contains(number),
            case let seconds = number * (unit ?? 1), seconds <= 3_650 * 86_400
        else {
            throw ValidationError("--\(option) must be a time such as 90s, 15m, 8h or 7d, not \(text).")
        }
        return seconds
    }
}
