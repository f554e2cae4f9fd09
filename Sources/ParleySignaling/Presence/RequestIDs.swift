// SPDX-License-Identifier: Apache-2.0

/// The ack ids of one client's requests. Some clients count anew after a reconnect; their ids are told apart by a
/// generation above the bits of the wire, so that the answer to an old request never looks like that to a new one. Pure.
struct RequestIDs {
    /// Ids on the wire are at most 2^53.
    private static let bits = 54
    private static let generations = 128

    private var generation = 0
    private var largest = -1
    private var isResumed = false

    /// The client has come back.
    mutating func resumed() { isResumed = true }

    /// The id by which a request is known inside.
    mutating func tag(_ id: Int) -> Int {
        if isResumed {
            isResumed = false
            if id <= largest {
                generation = (generation + 1) % Self.generations
                largest = id
            }
        }
        largest = max(largest, id)
        return generation << Self.bits | id
    }

    /// The id on the wire; nil when the client does not wait for this answer any more.
    func wire(_ id: Int) -> Int? { id >> Self.bits == generation ? id & (1 << Self.bits - 1) : nil }
}
