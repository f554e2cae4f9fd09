// SPDX-License-Identifier: Apache-2.0
internal import DequeModule
internal import NIOCore
internal import ParleyJSON

/// The outcomes of one sender's latest signals by the `mid` that it gave them, so that a signal which is sent again goes
/// out once and is answered alike. Pure.
struct MidMemory {
    static let lifetime = TimeAmount.seconds(120)
    static let maxRecords = 1024

    private struct Record {
        var at: NIODeadline
        /// The answer that the sender got; nil while there is none.
        var answer: JSON?
        /// Repetitions that wait for it.
        var repetitions: [Int] = []
        /// Whether it was sent without an ack.
        var isUnanswered = false
    }

    enum Verdict: Equatable {
        /// To be sent.
        case new
        /// Sent before; the repetition is answered with this, or later when nil.
        case repeated(JSON?)
    }

    private var records: [String: Record] = [:]
    private var order: Deque<String> = []
    private var byAck: [Int: String] = [:]

    /// A signal came with a `mid`.
    mutating func received(_ mid: String, ackID: Int?, at now: NIODeadline) -> Verdict {
        forgetOld(now)
        if let record = records[mid] {
            if record.answer == nil, let ackID { records[mid]?.repetitions.append(ackID) }
            return .repeated(record.answer.map(Self.repeated))
        }
        records[mid] = Record(
            at: now, answer: ackID == nil ? ["ok": true, "status": "sent"] : nil, isUnanswered: ackID == nil)
        order.append(mid)
        if let ackID { byAck[ackID] = mid }
        return .new
    }

    /// Whether the answer to this ack is to be told to `answered`.
    func awaits(_ ackID: Int) -> Bool { byAck[ackID] != nil }

    /// A signal was answered. Returns the repetitions that get the same answer, and what it is.
    mutating func answered(_ ackID: Int, _ answer: JSON) -> (repetitions: [Int], answer: JSON) {
        guard let mid = byAck.removeValue(forKey: ackID), let record = records[mid] else { return ([], answer) }
        records[mid]?.answer = answer
        records[mid]?.repetitions = []
        return (record.repetitions, Self.repeated(answer))
    }

    /// A signal was refused before it was sent, and may be tried again. Returns the repetitions that wait.
    mutating func refused(_ ackID: Int) -> [Int] {
        guard let mid = byAck.removeValue(forKey: ackID) else { return [] }
        return records.removeValue(forKey: mid)?.repetitions ?? []
    }

    /// The same for a signal without an ack.
    mutating func forget(unanswered mid: String) {
        if records[mid]?.isUnanswered == true { records[mid] = nil }
    }

    /// More has become known since the answer. Answers of whole rooms stay as they are.
    mutating func settled(_ mid: String, _ answer: JSON) {
        if records[mid]?.answer?["to"] != nil { records[mid]?.answer = answer }
    }

    private static func repeated(_ answer: JSON) -> JSON {
        var copy = answer
        copy.set("duplicate", true)
        return copy
    }

    private mutating func forgetOld(_ now: NIODeadline) {
        while let oldest = order.first {
            guard let record = records[oldest] else {
                order.removeFirst()
                continue
            }
            guard now - record.at > Self.lifetime || order.count >= Self.maxRecords else { return }
            order.removeFirst()
            records[oldest] = nil
            if record.answer == nil { byAck = byAck.filter { $0.value != oldest } }
        }
    }
}
