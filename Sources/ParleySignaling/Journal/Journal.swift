// SPDX-License-Identifier: Apache-2.0
internal import DequeModule
internal import NIOConcurrencyHelpers

/// The latest facts of all loops in one order, and who follows them. What happens in one room stands in the order in which
/// its home decided it.
///
/// Those who follow read at their own pace: nothing is kept for a slow one, it loses what the journal has forgotten and is
/// told how much. All methods may be called from anywhere.
package final class Journal: Sendable {
    private struct Follower {
        var cursor: Int64
        /// Whether it was told of facts that it has not taken.
        var isTold = false
        var news: @Sendable () -> Void
    }

    private struct State {
        var facts: Deque<Fact> = []
        var last: Int64 = 0
        var followers: [Int: Follower] = [:]
        var nextID = 0
    }

    private let capacity: Int
    private let state = NIOLockedValueBox(State())

    /// A journal that remembers this many facts.
    package init(capacity: Int = 4_096) { self.capacity = max(1, capacity) }

    /// The place of the latest fact; 0 before the first.
    package var last: Int64 { state.withLockedValue { $0.last } }

    func record(_ fact: Fact) {
        let told = state.withLockedValue { state in
            var fact = fact
            state.last += 1
            fact.cursor = state.last
            if state.facts.count == capacity { state.facts.removeFirst() }
            state.facts.append(fact)
            var told: [@Sendable () -> Void] = []
            for (id, follower) in state.followers where !follower.isTold {
                state.followers[id]?.isTold = true
                told.append(follower.news)
            }
            return told
        }
        for news in told { news() }
    }

    /// Follows what comes after the place `cursor`, or after now. `news` is called when there is something to take, on the
    /// thread where it happened and not again before everything is taken. Returns an id.
    package func follow(after cursor: Int64? = nil, _ news: @escaping @Sendable () -> Void) -> Int {
        let (id, isBehind) = state.withLockedValue { state in
            let cursor = min(max(0, cursor ?? state.last), state.last)
            state.nextID += 1
            state.followers[state.nextID] = Follower(cursor: cursor, isTold: cursor < state.last, news: news)
            return (state.nextID, cursor < state.last)
        }
        if isBehind { news() }
        return id
    }

    package func unfollow(_ id: Int) { state.withLockedValue { $0.followers[id] = nil } }

    /// The next facts for a follower, `limit` at most, and how many are lost before them. When there are none, it will be
    /// told of the next.
    package func take(_ id: Int, limit: Int) -> (facts: [Fact], lost: Int) {
        state.withLockedValue { state in
            guard var follower = state.followers[id] else { return ([], 0) }
            let oldest = state.last - Int64(state.facts.count)
            let lost = max(0, oldest - follower.cursor)
            let start = Int(follower.cursor + lost - oldest)
            let facts = Array(state.facts[start..<min(start + limit, state.facts.count)])
            follower.cursor += lost + Int64(facts.count)
            follower.isTold = !facts.isEmpty
            state.followers[id] = follower
            return (facts, Int(lost))
        }
    }
}
