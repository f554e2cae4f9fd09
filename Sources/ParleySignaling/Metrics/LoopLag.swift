// SPDX-License-Identifier: Apache-2.0
internal import NIOCore

/// How late a loop comes to what is due: a stall of the loop holds up all of its clients. Looked at once a second, from the
/// first question on. Confined to its loop.
final class LoopLag {
    private static let interval = TimeAmount.seconds(1)

    // Timers of a loop are exact to a millisecond.
    private(set) var histogram = Histogram(upTo: [1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500])
    private var isWatched = false

    func watch(_ loop: any EventLoop) {
        guard !isWatched else { return }
        isWatched = true
        look(loop)
    }

    private func look(_ loop: any EventLoop) {
        let due = loop.now + Self.interval
        loop.assumeIsolated().scheduleTask(deadline: due) { [weak self] in
            guard let self else { return }
            histogram.observe(loop.now - due)
            look(loop)
        }
    }
}
