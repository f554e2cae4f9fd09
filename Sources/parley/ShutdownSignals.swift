// SPDX-License-Identifier: Apache-2.0
internal import Dispatch
internal import NIOConcurrencyHelpers

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif

/// SIGINT and SIGTERM, caught from its making on. A second one ends the process at once.
final class ShutdownSignals {
    private let first: AsyncStream<Int32>
    // Kept so that they stay registered.
    private let sources: [any DispatchSourceSignal]

    init() {
        let (stream, continuation) = AsyncStream.makeStream(of: Int32.self)
        let count = NIOLockedValueBox(0)
        first = stream
        sources = [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler {
                let isSecond = count.withLockedValue { count in
                    count += 1
                    return count > 1
                }
                if isSecond { _exit(128 + number) }
                continuation.yield(number)
            }
            source.resume()
            return source
        }
    }

    /// Whatever happens, the process ends: a client that reads nothing must not keep it.
    static func exit(afterSeconds time: Double) {
        DispatchQueue.global().asyncAfter(deadline: .now() + time) {
            Console.warn("parley: some connections did not end in time; leaving them.")
            _exit(0)
        }
        // Those words may wait for whoever reads them.
        DispatchQueue.global().asyncAfter(deadline: .now() + time + 0.5) { _exit(0) }
    }

    /// Returns when the first signal has come.
    func wait() async {
        for await _ in first { return }
    }
}
