// SPDX-License-Identifier: Apache-2.0
package import NIOCore

/// Something that is told when its deadline has passed. On its loop.
package protocol DeadlineOwner: AnyObject {
    func deadlinePassed()
}

/// The one point in time that a connection or session waits for. Confined to its loop; its owner keeps it alive and
/// disarms it before it goes away.
package final class Deadline {
    package fileprivate(set) var due = NIODeadline.distantFuture
    fileprivate unowned(unsafe) var previous: Deadline?
    fileprivate unowned(unsafe) var next: Deadline?
    fileprivate unowned(unsafe) var queue: DeadlineQueue?
    package unowned(unsafe) var owner: (any DeadlineOwner)?

    package init() {}

    package func disarm() { queue?.remove(self) }

    deinit { queue?.remove(self) }
}

/// The deadlines of one duration on one loop.
///
/// Since all of them wait equally long, the order of arming is the order of passing: a linked list and one scheduled
/// task serve any number, arming and disarming take constant time and allocate nothing.
package final class DeadlineQueue {
    private let after: TimeAmount
    private let loop: any EventLoop
    private unowned(unsafe) var first: Deadline?
    private unowned(unsafe) var last: Deadline?
    private var isScheduled = false
    /// How many are armed.
    package private(set) var count = 0

    package init(after: TimeAmount, on loop: any EventLoop) {
        self.after = after
        self.loop = loop
    }

    /// Arms a deadline, which may be armed already, here or in another queue of the loop.
    package func arm(_ deadline: Deadline) {
        deadline.disarm()
        deadline.due = loop.now + after
        deadline.queue = self
        count += 1
        deadline.previous = last
        last?.next = deadline
        last = deadline
        if first == nil { first = deadline }
        schedule()
    }

    fileprivate func remove(_ deadline: Deadline) {
        if let previous = deadline.previous { previous.next = deadline.next } else { first = deadline.next }
        if let next = deadline.next { next.previous = deadline.previous } else { last = deadline.previous }
        deadline.previous = nil
        deadline.next = nil
        deadline.queue = nil
        count -= 1
    }

    /// Lets the deadline that was armed first pass now.
    package func passFirst() {
        guard let deadline = first else { return }
        deadline.due = loop.now
        remove(deadline)
        deadline.owner?.deadlinePassed()
    }

    private func schedule() {
        guard !isScheduled, let first else { return }
        isScheduled = true
        loop.assumeIsolated().scheduleTask(deadline: first.due) { self.fire() }
    }

    private func fire() {
        isScheduled = false
        let now = loop.now
        while let deadline = first, deadline.due <= now {
            remove(deadline)
            deadline.owner?.deadlinePassed()
        }
        schedule()
    }
}
