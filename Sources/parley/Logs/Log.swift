// SPDX-License-Identifier: Apache-2.0
internal import Dispatch
internal import Logging
internal import NIOConcurrencyHelpers
internal import ParleyJSON
internal import ParleySignaling
internal import ParleySocketIO

/// What the running server has to say, on standard error.
enum Log {
    private static let current = NIOLockedValueBox(LineWriter(.text))
    private static var writer: LineWriter { current.withLockedValue { $0 } }
    /// Made when it is first needed, after `begin`.
    private static let logger = Logger(label: "parley")

    static func begin(_ format: LogFormat, _ level: Logger.Level) {
        let writer = LineWriter(format)
        current.withLockedValue { $0 = writer }
        LoggingSystem.bootstrap { _ in LineLogHandler(logLevel: level, writer: writer) }
    }

    /// Returns when everything is written, or after a second: perhaps nobody reads.
    static func finish() {
        let isWritten = DispatchSemaphore(value: 0)
        writer.queue.async { isWritten.signal() }
        _ = isWritten.wait(timeout: .now() + 1)
    }

    /// Something that whoever runs the server should see to.
    static func warn(_ message: String) { logger.warning("\(message)") }

    /// What an admin has done, as a JSON object. Written whatever the level, and never lost, but not before the admin is
    /// answered: an event loop does not wait for who reads the log.
    @Sendable static func audit(_ deed: String) {
        let writer = writer
        switch writer.format {
        case .text: writer.writeInAnyCase("parley: audit \(deed)")
        case .json:
            let fields = (try? JSON(parsing: deed)) ?? ["deed": .string(deed)]
            writer.writeInAnyCase(writer.format.line(.notice, "audit", fields))
        }
    }

    // MARK: Lives

    /// Writes a line for each fact of the journal from now on, at the pace of who reads them.
    static func follow(_ journal: Journal) {
        let id = NIOLockedValueBox(0)
        let queue = writer.queue
        // On the queue, so that the id is there before the first news is looked at.
        queue.sync {
            let follower = journal.follow { queue.async { tell(journal, id.withLockedValue { $0 }) } }
            id.withLockedValue { $0 = follower }
        }
    }

    private static func tell(_ journal: Journal, _ follower: Int) {
        let (facts, lost) = journal.take(follower, limit: 256)
        if lost > 0 { logger.warning("more happened than could be written", metadata: ["lost": "\(lost)"]) }
        // What admins do is in the audit.
        for fact in facts where fact.kind != .administered {
            logger.info("\(fact.kind.rawValue)", metadata: fact.fields)
        }
        // Behind these lines, until there are no more.
        if !facts.isEmpty { writer.queue.async { tell(journal, follower) } }
    }
}

extension Fact {
    /// For the log. A fact holds nothing that must not be there.
    fileprivate var fields: Logger.Metadata {
        var fields = (data.objectValue ?? [:]).reduce(into: Logger.Metadata()) { fields, member in
            fields[member.key] = .stringConvertible(LoggedJSON(json: member.value))
        }
        fields["room"] = room.map { "\($0.text)" }
        fields["peerId"] = peer.map { "\($0)" }
        return fields
    }
}
