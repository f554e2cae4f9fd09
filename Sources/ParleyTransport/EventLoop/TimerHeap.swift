// SPDX-License-Identifier: Apache-2.0
internal import HeapModule
internal import NIOCore

/// A task that waits for its time. Made on any thread; from its arming on confined to its loop.
///
/// Unchecked: `body` and `isArmed` are touched on the loop only, once the maker has handed the timer over.
final class LoopTimer: @unchecked Sendable {
    let deadline: NIODeadline
    fileprivate(set) var body: (() -> Void)?
    /// What to do when the loop ends before the time.
    fileprivate let ended: () -> Void
    fileprivate var isArmed = false

    init(_ deadline: NIODeadline, ended: @escaping () -> Void, _ body: @escaping () -> Void) {
        self.deadline = deadline
        self.ended = ended
        self.body = body
    }
}

/// The timers of a loop, the next first; equal deadlines in the order of arming.
///
/// A cancelled timer stays in the heap as an empty entry until its time comes, or until most entries are empty.
struct TimerHeap {
    private struct Entry: Comparable {
        var deadline: NIODeadline
        var order: UInt64
        var timer: LoopTimer

        static func < (left: Entry, right: Entry) -> Bool {
            left.deadline == right.deadline ? left.order < right.order : left.deadline < right.deadline
        }

        static func == (left: Entry, right: Entry) -> Bool { left.order == right.order }
    }

    private var entries = Heap<Entry>()
    private var order: UInt64 = 0
    private var cancelled = 0

    /// Entries, empty ones too.
    var count: Int { entries.count }
    var next: NIODeadline? { entries.min?.deadline }

    mutating func arm(_ timer: LoopTimer) {
        guard timer.body != nil else { return }
        timer.isArmed = true
        order += 1
        entries.insert(Entry(deadline: timer.deadline, order: order, timer: timer))
    }

    mutating func cancel(_ timer: LoopTimer) {
        guard timer.body != nil else { return }
        timer.body = nil
        guard timer.isArmed else { return }
        cancelled += 1
        guard cancelled > 64, cancelled * 2 > entries.count else { return }
        entries = Heap(entries.unordered.filter { $0.timer.body != nil })
        cancelled = 0
    }

    /// Takes out the next task whose time has come.
    mutating func popDue(at now: NIODeadline) -> (() -> Void)? {
        while let first = entries.min, first.deadline <= now {
            entries.removeMin()
            if let body = first.timer.body.take() { return body }
            cancelled -= 1
        }
        return nil
    }

    /// Empties the heap and returns what to call for each that waited.
    mutating func end() -> [() -> Void] {
        defer { entries = Heap() }
        return entries.unordered.compactMap { entry in entry.timer.body.take().map { _ in entry.timer.ended } }
    }
}
