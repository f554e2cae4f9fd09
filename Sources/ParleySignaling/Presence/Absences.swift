// SPDX-License-Identifier: Apache-2.0
internal import NIOCore
internal import ParleyTransport

/// The ends of the resume windows of one loop's peers, bounded in number: whoever comes and goes quickly cannot fill the
/// memory with peers that are waited for. Confined to its loop.
struct Absences {
    /// A client that seems to have said goodbye is given this long to come back after all.
    private static let farewell = TimeAmount.seconds(2)

    private let seen: DeadlineQueue
    private let unseen: DeadlineQueue
    private let leaving: DeadlineQueue
    private let limit: Int

    /// Peers that are away.
    var count: Int { seen.count + unseen.count + leaving.count }

    init(_ configuration: SignalingConfiguration, on loop: any EventLoop) {
        seen = DeadlineQueue(after: configuration.resumeWindow, on: loop)
        unseen = DeadlineQueue(after: configuration.resumeWindow, on: loop)
        leaving = DeadlineQueue(after: min(configuration.resumeWindow, Self.farewell), on: loop)
        limit = configuration.maxAwayPeers
    }

    /// - Parameters:
    ///   - isSeen: whether the peer is in a room.
    ///   - shortly: whether it seems to have said goodbye.
    func arm(_ deadline: Deadline, isSeen: Bool, shortly: Bool) {
        let queue = shortly ? leaving : isSeen ? seen : unseen
        if queue.count >= (isSeen ? limit : limit / 20) { queue.passFirst() }
        queue.arm(deadline)
    }
}
