// SPDX-License-Identifier: Apache-2.0
internal import NIOConcurrencyHelpers
internal import NIOCore
internal import ParleyEngineIO
public import ParleySocketIO

/// WebRTC signaling on a Socket.IO server: peers meet in rooms of the namespace `/` and send each other offers, answers and
/// candidates, with receipts that say what is true of the other side.
///
///     let io = SocketIOServer()
///     let signaling = Signaling(on: io)
///     try await io.run(host: "127.0.0.1", port: 3000)
public final class Signaling: Sendable {
    private let loops: NIOLockedValueBox<[ObjectIdentifier: NIOLoopBound<SignalingLoop>]>

    /// Takes over the namespace `/` of a server. To be called before the server starts.
    public init(on io: SocketIOServer, _ configuration: SignalingConfiguration = SignalingConfiguration()) {
        let loops = NIOLockedValueBox<[ObjectIdentifier: NIOLoopBound<SignalingLoop>]>([:])
        self.loops = loops
        io.onLoops { eventLoops in
            var made: [NIOLoopBound<SignalingLoop>] = []
            for (index, eventLoop) in eventLoops.enumerated() {
                try await made.append(
                    eventLoop.submit {
                        let loop = SignalingLoop(
                            eventLoop: eventLoop, index: index, count: eventLoops.count, configuration: configuration)
                        return NIOLoopBound(loop, eventLoop: eventLoop)
                    }.get())
            }
            for bound in made {
                try await bound.eventLoop.submit { [made] in bound.value.colleagues = made }.get()
            }
            loops.withLockedValue { loops in
                for bound in made { loops[ObjectIdentifier(bound.eventLoop)] = bound }
            }
        }
        io.of("/").setDelegate { socket in
            // Every loop has its part before the server listens.
            guard let loop = loops.withLockedValue({ $0[ObjectIdentifier(socket.eventLoop)] }) else { return nil }
            return Peer(socket, on: loop.value)
        }
    }
}
