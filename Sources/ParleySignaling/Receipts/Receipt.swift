// SPDX-License-Identifier: Apache-2.0
internal import NIOCore
internal import ParleyEngineIO
internal import ParleyJSON

/// A delivery whose ack by the remote client is outstanding.
struct Receipt {
    enum State {
        /// Written; the sender waits.
        case waiting
        /// The remote client is away; the sender was told `queued`.
        case queued
        /// Written again after the client came back; the sender was told `queued`.
        case sentAgain
        /// The sender was told `ack_timeout`; an ack may still come.
        case late
    }

    /// Who wants to know.
    var sender: SessionID
    /// The sender's own ack, under which it wants to know.
    var senderAckID: Int
    /// The sender's name for the signal.
    var mid: String?
    /// The room by which both know each other.
    var room: RoomView
    var kind: SignalKind
    var isOffer: Bool
    var confirmation: Confirmation
    var timeoutMs: Int
    /// Its number in the outbox.
    var number = 0
    var sentAt: NIODeadline
    var deadline: NIODeadline
    var state = State.waiting

    /// How the sender knows the signal: by its own name for it, or by one made from its ack id.
    var shownMid: String { Self.shown(mid, senderAckID) }

    static func shown(_ mid: String?, _ ackID: Int) -> String { mid ?? "#\(ackID & 0xFFFF_FFFF)" }
}

/// What became of a delivery: never more than is known.
struct ReceiptOutcome: Sendable {
    enum Result: Sendable {
        /// Written to the remote client, which was not asked.
        case sent
        case delivered(tookMs: Int)
        case applied(tookMs: Int)
        /// The remote handler said no.
        case rejected(message: String?)
        /// Kept until the remote client is back. Without a `mid` nothing more will be told.
        case queued(expiresInMs: Int64, mid: String?)
        /// Written, and not acked in time.
        case unacknowledged(mid: String)
        case failed(ErrorCode)
    }

    var target: SessionID
    var result: Result

    init(_ target: SessionID, _ result: Result) {
        self.target = target
        self.result = result
    }
}

/// What became of a delivery after the sender had its ack: the `receipt` event.
struct Settlement: Sendable {
    enum Status: String, Sendable, CaseIterable { case delivered, applied, rejected, expired, superseded, left }

    var mid: String
    var target: SessionID
    var status: Status

    var json: JSON {
        ["mid": .string(mid), "to": .string(target.description), "status": .string(status.rawValue)]
    }

    /// What the sender is answered when it sends the signal once more.
    var answer: JSON {
        let code: ErrorCode? =
            switch status {
            case .delivered, .applied, .superseded: nil
            case .rejected: .remoteRejected
            case .expired: .ackTimeout
            case .left: .peerLeft
            }
        var answer: JSON = ["ok": .bool(code == nil), "status": .string(status.rawValue)]
        answer.set("error", code.map { Refusal($0).json })
        answer.set("to", .string(target.description))
        return answer
    }
}
