// SPDX-License-Identifier: Apache-2.0
internal import ParleyJSON
internal import ParleySocketIO

/// Tells a server of the operator's what happens to rooms and calls: one post at a time, of several events if several wait,
/// so that it gets them in order; again, with pauses, until it takes them. What waits is bounded.
package actor EventWebhook {
    package struct Figures: Sendable {
        /// Events that were taken, and those that nobody will get.
        package var sent = 0
        package var dropped = 0
        /// Posts that were taken, and those that were not.
        package var posts = 0
        package var failures = 0
        /// Events that wait, those under way included.
        package var waiting = 0
    }

    /// Events in one post.
    private static let batch = 100
    /// A post that fails so often is given up: something in it may be what the server cannot take.
    private static let maxTries = 15

    private let journal: Journal
    private let post: SignedPost
    private let run: String
    private let report: @Sendable (String) -> Void
    private var queue: EventQueue
    private var follower: Int?
    private var intake: Task<Void, Never>?
    private var sending: Task<Void, Never>?
    private var isDown = false
    private var underWay = 0
    private var counts = Figures()

    init(_ configuration: EventWebhookConfiguration, journal: Journal) {
        post = SignedPost(configuration.fetch, secret: configuration.secret)
        self.journal = journal
        report = configuration.report
        run = String(UInt64.random(in: .min ... .max), radix: 36)
        queue = EventQueue(capacity: configuration.capacity, run: run)
    }

    /// Tells of what happens from now on.
    func start() {
        guard follower == nil else { return }
        let (news, told) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        follower = journal.follow { told.yield() }
        intake = Task { for await _ in news { takeIn() } }
    }

    /// Sends what waits, for so many seconds at most, and ends.
    func close(within seconds: Double) async {
        takeIn()
        let end = ContinuousClock.now + .seconds(seconds)
        while sending != nil, ContinuousClock.now < end {
            try? await Task.sleep(for: .milliseconds(20))  // a cancelled task only looks more often
        }
        intake?.cancel()
        sending?.cancel()
        if let follower { journal.unfollow(follower) }
    }

    package var figures: Figures {
        var figures = counts
        figures.dropped = queue.dropped
        figures.waiting = queue.count + underWay
        return figures
    }

    // MARK: Inside

    private func takeIn() {
        guard let follower else { return }
        while case let (facts, lost) = journal.take(follower, limit: 256), !facts.isEmpty {
            if lost > 0 { queue.lost(lost, at: WallClock.milliseconds) }
            for fact in facts { queue.add(fact) }
        }
        if sending == nil, queue.count > 0 { sending = Task { await send() } }
    }

    private func send() async {
        while case let events = queue.take(Self.batch), !events.isEmpty {
            underWay = events.count
            let body = Array(JSON.object(["run": .string(run), "events": .array(events)]).text.utf8)
            if await isTaken(body) { counts.sent += events.count } else { queue.gaveUp(events.count) }
            underWay = 0
        }
        sending = nil
    }

    /// Posts until the server takes it, or it is time to give up.
    private func isTaken(_ body: [UInt8]) async -> Bool {
        for tries in 1...Self.maxTries {
            let failure = await failure(of: body)
            found(failure)
            if failure == nil { return true }
            guard tries < Self.maxTries else { break }
            let pause = Backoff.pause(after: tries, chance: .random(in: 0...1))
            // Only the end of the server interrupts it.
            guard (try? await Task.sleep(for: .seconds(pause))) != nil else { return false }
        }
        return false
    }

    private func failure(of body: [UInt8]) async -> String? {
        do throws(HTTPFetchError) {
            let status = try await post.run(body).status
            return (200..<300).contains(status) ? nil : "it answered \(status)."
        } catch {
            return error.description
        }
    }

    private func found(_ failure: String?) {
        if failure == nil { counts.posts += 1 } else { counts.failures += 1 }
        if let failure, !isDown { report("events wait: \(failure)") }
        if failure == nil, isDown { report("events are taken again.") }
        isDown = failure != nil
    }
}
