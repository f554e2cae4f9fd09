// SPDX-License-Identifier: Apache-2.0
package import Dispatch
package import NIOCore
internal import Synchronization

/// Event loops on epoll, each with a thread of its own.
package final class EpollLoopGroup: EventLoopGroup {
    package let loops: [EpollLoop]
    private let turn = Atomic<Int>(0)

    /// Starts the threads, each of which may ask the kernel for so long before it sleeps. The process must have
    /// descriptors and memory left for them.
    package init(threads: Int, busyPoll: Duration = .zero) {
        do {
            loops = try (0..<max(1, threads)).map { try EpollLoop(name: "parley-\($0)", busyPoll: busyPoll) }
        } catch {
            // At start only, and nothing works without: as NIO does for its own group.
            preconditionFailure("No event loop could be made: \(error)")
        }
    }

    package func next() -> any EventLoop {
        let index = turn.wrappingAdd(1, ordering: .relaxed).oldValue
        return loops[Int(UInt(bitPattern: index) % UInt(loops.count))]
    }

    package func any() -> any EventLoop { loops.first { $0.inEventLoop } ?? next() }

    package func makeIterator() -> EventLoopIterator { EventLoopIterator(loops) }

    package func shutdownGracefully(queue: DispatchQueue, _ callback: @escaping @Sendable ((any Error)?) -> Void) {
        let all = DispatchGroup()
        for loop in loops {
            all.enter()
            loop.shutdownGracefully(queue: queue) { _ in all.leave() }
        }
        all.notify(queue: queue) { callback(nil) }
    }
}
