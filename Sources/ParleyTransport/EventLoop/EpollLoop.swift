// SPDX-License-Identifier: Apache-2.0
internal import CParleyEpoll
internal import DequeModule
internal import Dispatch
internal import NIOConcurrencyHelpers
internal import NIOCore
internal import ParleyTLS
internal import Synchronization

/// An event loop on epoll, behind NIO's protocol.
///
/// A turn: what the kernel reports is handled, then tasks and due timers run, then the hooks of the end of turn.
///
/// Unchecked: `remote`, `thread`, `isAsleep` and the descriptors may be touched by every thread; all else by the loop's
/// own only, once it runs.
package final class EpollLoop: NIOSerialEventLoopExecutor, @unchecked Sendable {
    /// What the loop is to do. Unchecked: made on any thread, then given up to the loop, which alone runs it.
    enum Job: @unchecked Sendable {
        case task(() -> Void)
        case job(UnownedJob)
    }

    /// What other threads have left for the loop.
    struct Remote {
        var jobs: [Job] = []
        var isClosed = false
        var whenClosed: [@Sendable () -> Void] = []
    }

    /// So many tasks may run before sockets have their turn again.
    static let maxTasksPerTurn = 4096
    static let maxEvents = 256

    let epoll: CInt
    let wakeUp: CInt
    let thread = Atomic<UInt>(0)
    /// True from just before the loop blocks until it runs again, or somebody has woken it.
    let isAsleep = Atomic<Bool>(false)
    let hasRemote = Atomic<Bool>(false)
    // Not a `Mutex`, whose locking the thread sanitizer does not see.
    let remote = NIOLockedValueBox(Remote())

    var jobs = Deque<Job>()
    var timers = TimerHeap()
    var sources = SourceTable()
    var hooks: [() -> Void] = []
    /// Where all sources read to, one after the other.
    let receiveBuffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 * 1024, alignment: 16)
    /// Where its connections decrypt and encrypt to.
    private(set) lazy var tlsBuffers = TLSBuffers()
    var turnStart: NIODeadline?
    var busyPoll: BusyPoll
    var isEnding = false
    /// Runs what comes after the end.
    let afterlife = DispatchQueue(label: "parley-ended-loop")

    /// Starts a thread, which may ask the kernel for so long before it sleeps.
    init(name: String, busyPoll span: Duration) throws {
        busyPoll = BusyPoll(TimeAmount(span))
        epoll = try Descriptor.check(epoll_create1(CInt(EPOLL_CLOEXEC)), "epoll_create1")
        do {
            wakeUp = try Descriptor.check(eventfd(0, CInt(EFD_CLOEXEC | EFD_NONBLOCK)), "eventfd")
        } catch {
            Descriptor.close(epoll)
            throw error
        }
        // By edges: each write wakes, and what was written need not be read.
        try control(EPOLL_CTL_ADD, wakeUp, UInt32(EPOLLIN.rawValue) | UInt32(EPOLLET.rawValue), .max)
        try LoopThread.start(self, name)
    }

    deinit {
        receiveBuffer.deallocate()
        Descriptor.close(epoll)
        Descriptor.close(wakeUp)
    }

    // MARK: The end of a turn, and of all

    /// Calls `hook` at the end of every turn, before the loop may block. On the loop.
    func atEndOfTurn(_ hook: @escaping () -> Void) { hooks.append(hook) }

    func end() {
        // The turn that ended the loop has an end, too: what it wrote is sent.
        for hook in hooks { hook() }
        for source in sources.all { source.loopEnds() }
        remote.withLockedValue { $0.isClosed = true }
        // What runs now may add to it, though not for ever.
        var rounds = 0
        repeat {
            runJobs()
            for ended in timers.end() { ended() }
            rounds += 1
        } while rounds < 1000 && (!jobs.isEmpty || hasRemote.load(ordering: .relaxed))
        hooks = []
    }

    // MARK: Sources. On the loop.

    /// Watches the source, which is kept alive until it is removed.
    func add(_ source: EpollSource, _ events: UInt32) throws {
        guard !isEnding else { throw EventLoopError.shutdown }
        let mark = sources.insert(source)
        do { try control(EPOLL_CTL_ADD, source.descriptor, events, mark) } catch {
            sources.remove(source)
            throw error
        }
    }

    /// Watches a source for something else.
    func change(_ source: EpollSource, _ events: UInt32) throws {
        try control(EPOLL_CTL_MOD, source.descriptor, events, sources.mark(of: source))
    }

    /// Watches no more. A descriptor that is about to be closed need not be told to the kernel.
    func remove(_ source: EpollSource, isClosing: Bool = true) {
        sources.remove(source)
        if !isClosing { try? control(EPOLL_CTL_DEL, source.descriptor, 0, 0) }  // nothing follows if it was not there
    }

    private func control(_ operation: CInt, _ descriptor: CInt, _ events: UInt32, _ mark: UInt64) throws {
        var event = epoll_event()
        event.events = events
        event.data.u64 = mark
        try Descriptor.check(epoll_ctl(epoll, operation, descriptor, &event), "epoll_ctl")
    }

    static var currentThread: UInt { UInt(parley_current_thread()) }
}
