// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import Logging

/// What is written to standard error, and how.
struct LogOptions: ParsableArguments {
    @Option(
        help: "text, or json: an object on each line. (default: text)",
        transform: { try Self.known($0, "text or json") })
    var logFormat: LogFormat?
    @Option(
        help: """
            trace, debug, info, notice, warning, error or critical. From info on, the lives of peers, rooms and calls are \
            told. (default: notice)
            """, transform: { try Self.known($0, "a level such as info") })
    var logLevel: Logger.Level?

    private var format: LogFormat? { logFormat ?? LogFormat(rawValue: Setting.text("LOG_FORMAT") ?? "text") }
    private var level: Logger.Level? { logLevel ?? Logger.Level(rawValue: Setting.text("LOG_LEVEL") ?? "notice") }

    func validate() throws {
        guard format != nil else { throw ValidationError("PARLEY_LOG_FORMAT must be text or json.") }
        guard level != nil else { throw ValidationError("PARLEY_LOG_LEVEL must be a level such as info.") }
    }

    private static func known<Value: RawRepresentable<String>>(_ text: String, _ words: String) throws -> Value {
        guard let value = Value(rawValue: text) else { throw ValidationError("\"\(text)\" is not \(words).") }
        return value
    }

    /// Whether the log tells of what happens to peers, rooms and calls.
    var tellsLives: Bool { level ?? .notice <= .info }

    /// To be called once, before anything is logged.
    func begin() { Log.begin(format ?? .text, level ?? .notice) }
}
