// SPDX-License-Identifier: Apache-2.0
internal import NIOCore

/// Decides whether a loop asks the kernel again and again for a moment before it sleeps.
///
/// To fall asleep and be woken costs a message some 30 µs. Where peers are near, on the same machine or network, the ack
/// of an event that has just left is there before that. Whether they are is learnt from how long the loop waits, so that
/// peers far away cost nothing; and a loop that has several sources in a turn has no time to sleep anyway.
struct BusyPoll {
    private static let most = 16
    private static let enough = 8

    /// How long it may take; zero for never.
    private let span: TimeAmount
    /// How much speaks for it: two more with each wait that ended soon, one less with each other.
    private var confidence = 0
    private var isLonely = false

    init(_ span: TimeAmount) { self.span = span }

    /// Whether the next wait is worth timing.
    var isPossible: Bool { isLonely && span > .nanoseconds(0) }

    /// Until when to ask, for a wait that begins now; nil if the loop had better sleep.
    func end(from begin: NIODeadline) -> NIODeadline? { confidence >= Self.enough ? begin + span : nil }

    /// A wait is over. One that slept is allowed what it takes to wake up.
    mutating func waited(_ time: TimeAmount) {
        let wasShort = time < (confidence >= Self.enough ? span : span * 2)
        confidence = wasShort ? min(Self.most, confidence + 2) : max(0, confidence - 1)
    }

    mutating func turnBegins(sources: CInt) { isLonely = sources == 1 }
}
