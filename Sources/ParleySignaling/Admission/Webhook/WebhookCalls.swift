// SPDX-License-Identifier: Apache-2.0
internal import DequeModule

/// The calls to a webhook: a bounded number at a time and in waiting, one for attempts that are the same, and none while an
/// answer may be kept.
actor WebhookCalls {
    /// What a webhook has granted, and for how many seconds it need not be asked again.
    struct Answer: Sendable {
        var grants: Grants
        var cacheSeconds = 0
    }

    static let maxRunning = 32
    static let maxWaiting = 256
    static let maxKept = 1_000

    private var running = 0
    private var waiting: Deque<CheckedContinuation<Void, Never>> = []
    private var calls: [[UInt8]: Task<Answer, any Error>] = [:]
    private var kept: [[UInt8]: (grants: Grants, until: ContinuousClock.Instant)] = [:]
    /// Oldest first.
    private var order: Deque<[UInt8]> = []
    private var isDown = false
    private let report: @Sendable (String) -> Void

    /// - Parameter report: told when the webhook cannot be relied on, and when it can be again: once each.
    init(report: @escaping @Sendable (String) -> Void) { self.report = report }

    /// - Parameter key: the same for attempts that get the same answer.
    func grants(_ key: [UInt8], ask: @escaping @Sendable () async throws -> Answer) async throws -> Grants {
        if let (grants, until) = kept[key], until > .now { return grants }
        if let call = calls[key] { return try await call.value.grants }
        guard calls.count < Self.maxRunning + Self.maxWaiting else {
            throw AdmissionError(.rateLimited, message: "Too many clients are being checked.", retryAfterMs: 1_000)
        }
        let call = Task {
            await begin()
            defer { end() }
            return try await ask()
        }
        calls[key] = call
        defer { calls[key] = nil }
        let answer = try await call.value
        if answer.cacheSeconds > 0 { keep(answer, key) }
        return answer.grants
    }

    /// The webhook was found to work, or not to.
    func found(_ failure: String?) {
        if let failure, !isDown { report("nobody can be let in: \(failure)") }
        if failure == nil, isDown { report("the webhook answers again.") }
        isDown = failure != nil
    }

    // MARK: Seats

    private func begin() async {
        guard running >= Self.maxRunning else { return running += 1 }
        // Who ends hands its seat on.
        await withCheckedContinuation { waiting.append($0) }
    }

    private func end() {
        if let next = waiting.popFirst() { next.resume() } else { running -= 1 }
    }

    // MARK: Answers

    private func keep(_ answer: Answer, _ key: [UInt8]) {
        if kept[key] == nil { order.append(key) }
        kept[key] = (answer.grants, .now + .seconds(answer.cacheSeconds))
        while order.count > Self.maxKept, let oldest = order.popFirst() { kept[oldest] = nil }
    }
}
