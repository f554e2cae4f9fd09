// SPDX-License-Identifier: Apache-2.0
internal import CParleyEpoll
internal import NIOCore

/// The thread of a loop, and what it is given.
final class LoopThread: Sendable {
    private let loop: EpollLoop
    private let name: String

    private init(_ loop: EpollLoop, _ name: String) {
        self.loop = loop
        self.name = name
    }

    /// Starts a thread that runs the loop to its end and keeps it alive until then.
    static func start(_ loop: EpollLoop, _ name: String) throws {
        let start = Unmanaged.passRetained(LoopThread(loop, name))
        var id = pthread_t()
        // Signals are for others: a thread that could take one that is ignored would take it from who waits for it.
        var (all, before) = (sigset_t(), sigset_t())
        sigfillset(&all)
        pthread_sigmask(SIG_SETMASK, &all, &before)
        let code = pthread_create(&id, nil, main, start.toOpaque())
        pthread_sigmask(SIG_SETMASK, &before, nil)
        guard code == 0 else {
            start.release()
            throw IOError(errnoCode: code, reason: "pthread_create")
        }
        pthread_detach(id)
    }

    private static let main: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { pointer in
        guard let pointer else { return nil }
        let start = Unmanaged<LoopThread>.fromOpaque(pointer).takeRetainedValue()
        pthread_setname_np(pthread_self(), start.name)
        start.loop.run()
        return nil
    }
}
