// SPDX-License-Identifier: Apache-2.0
internal import Logging
internal import ParleyJSON

/// Makes a line of each event of the log.
struct LineLogHandler: LogHandler {
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]
    let writer: LineWriter

    init(logLevel: Logger.Level, writer: LineWriter) {
        self.logLevel = logLevel
        self.writer = writer
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let fields = metadata.merging(event.metadata ?? [:]) { $1 }
        writer.write(writer.format.line(event.level, "\(event.message)", JSON(.dictionary(fields))))
    }
}

/// A value that stays what it is in the log.
struct LoggedJSON: CustomStringConvertible, Sendable {
    var json: JSON
    var description: String { json.text }
}

extension JSON {
    /// The members of dictionaries come in the order of their names.
    fileprivate init(_ value: Logger.MetadataValue) {
        switch value {
        case .string(let text): self = .string(text)
        case .stringConvertible(let value as LoggedJSON): self = value.json
        case .stringConvertible(let other): self = .string("\(other)")
        case .array(let values): self = .array(values.map { JSON($0) })
        case .dictionary(let members):
            let sorted = members.sorted { $0.key < $1.key }
            self = .object(.init(uniqueKeysWithValues: sorted.map { ($0.key, JSON($0.value)) }))
        }
    }
}
