// SPDX-License-Identifier: Apache-2.0
internal import CParleyEpoll
internal import NIOCore

/// A socket that takes connections and hands them to the loops in turn.
///
/// Unchecked: made on any thread, confined to its loop from `start` on.
final class Listener: EpollSource, @unchecked Sendable {
    private static let maxPerTurn = 64
    /// How long to wait when the system has no descriptor or no memory for a connection.
    private static let pause = TimeAmount.milliseconds(100)

    let address: SocketAddress
    private let loop: EpollLoop
    private let targets: [EpollLoop]
    private let accepted: @Sendable (StreamChannel) throws -> Void
    private var batches: [[StreamChannel]]
    private var turn = 0
    private var isOpen = true

    /// Binds. Nothing is accepted before `start`.
    init(
        on loop: EpollLoop, address: SocketAddress, for targets: [EpollLoop],
        accepted: @escaping @Sendable (StreamChannel) throws -> Void
    ) throws {
        let descriptor = try Descriptor.listening(on: address)
        self.address = Descriptor.localAddress(descriptor) ?? address
        self.loop = loop
        self.targets = targets
        self.accepted = accepted
        batches = Array(repeating: [], count: targets.count)
        super.init(descriptor: descriptor)
    }

    deinit { if isOpen { Descriptor.close(descriptor) } }

    func start() async throws {
        try await loop.submit { try self.loop.add(self, UInt32(EPOLLIN.rawValue)) }.get()
    }

    func close() async {
        try? await loop.submit { self.loopEnds() }.get()  // fails only when the loop has ended, and this with it
    }

    override func loopEnds() {
        guard isOpen else { return }
        isOpen = false
        loop.remove(self)
        Descriptor.close(descriptor)
    }

    override func ready(_ events: UInt32) {
        for _ in 0..<Self.maxPerTurn {
            var peer = PeerAddress()
            let result = peer.withPointer {
                accept4(descriptor, $0, &$1, CInt(SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue))
            }
            if result >= 0 {
                turn = (turn + 1) % targets.count
                batches[turn].append(StreamChannel(descriptor: result, peer: peer, loop: targets[turn]))
                continue
            }
            // A connection that failed before it was taken is no concern of the others; accept(2).
            let code = parley_errno()
            if [EINTR, ECONNABORTED, EPROTO, ENETDOWN, EHOSTUNREACH, ENETUNREACH, ETIMEDOUT].contains(code) {
                continue
            }
            if code != EAGAIN { rest() }
            break
        }
        handOver()
    }

    private func handOver() {
        for index in batches.indices where !batches[index].isEmpty {
            let batch = batches[index]
            batches[index].removeAll(keepingCapacity: true)
            if targets[index] === loop {
                for channel in batch { channel.open(accepted) }
            } else {
                targets[index].execute { [accepted] in
                    for channel in batch { channel.open(accepted) }
                }
            }
        }
    }

    /// Stops for a moment: level-triggered, the kernel would report the connection that cannot be taken for ever.
    private func rest() {
        loop.remove(self, isClosing: false)
        resumeLater()
    }

    private func resumeLater() {
        loop.assumeIsolated().scheduleTask(in: Self.pause) { [weak self] in
            guard let self, isOpen else { return }
            do { try loop.add(self, UInt32(EPOLLIN.rawValue)) } catch { resumeLater() }
        }
    }
}
