// SPDX-License-Identifier: Apache-2.0
internal import ParleyEngineIO
internal import ParleyJSON

/// The receipts of one message to a room, or of one request to several clients: complete when everybody whom the room
/// named at its acceptance is accounted for.
struct RoomReceipt {
    enum Style {
        case message(mid: String)
        case moderation
    }

    private let style: Style
    private var members: Set<SessionID>?
    private var outcomes: [ReceiptOutcome] = []

    init(_ style: Style) { self.style = style }

    /// The room has told who it was for.
    mutating func expect(_ members: [SessionID]) { self.members = Set(members) }

    mutating func add(_ outcome: ReceiptOutcome) { outcomes.append(outcome) }

    /// The ack of the sender, nil while somebody is missing.
    var answer: JSON? {
        guard let members, outcomes.count >= members.count else { return nil }
        switch style {
        case .message(let mid): return message(mid)
        case .moderation:
            let results = outcomes.map { outcome -> JSON in
                ["peerId": .string(outcome.target.description), "status": .string(status(outcome.result))]
            }
            return ["ok": true, "results": .array(results)]
        }
    }

    private func message(_ mid: String) -> JSON {
        var (delivered, queued, failed): ([JSON], [JSON], [JSON]) = ([], [], [])
        for outcome in outcomes {
            let id = JSON.string(outcome.target.description)
            switch outcome.result {
            case .sent, .delivered, .applied: delivered.append(id)
            case .queued: queued.append(id)
            case .rejected: failed.append(["peerId": id, "code": .string(ErrorCode.remoteRejected.rawValue)])
            case .unacknowledged: failed.append(["peerId": id, "code": .string(ErrorCode.ackTimeout.rawValue)])
            case .failed(let code): failed.append(["peerId": id, "code": .string(code.rawValue)])
            }
        }
        var answer: JSON = [
            "ok": true, "status": queued.isEmpty && failed.isEmpty ? "delivered" : "partial",
            "delivered": .array(delivered), "queued": .array(queued), "failed": .array(failed),
        ]
        if !queued.isEmpty || !failed.isEmpty { answer.set("mid", .string(mid)) }
        return answer
    }

    private func status(_ result: ReceiptOutcome.Result) -> String {
        switch result {
        case .sent, .delivered, .applied: "done"
        case .rejected: "refused"
        case .queued: "away"
        case .unacknowledged: "timeout"
        case .failed(.peerLeft), .failed(.peerNotFound): "left"
        case .failed(let code): code.rawValue
        }
    }
}
