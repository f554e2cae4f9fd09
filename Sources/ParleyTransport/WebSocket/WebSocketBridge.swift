// SPDX-License-Identifier: Apache-2.0
internal import NIOCore
internal import ParleyEngineIO

/// The session's end of a WebSocket that was accepted on another loop: a client's connections are spread over the loops
/// as they come, its session stays where it began.
final class RemoteSender: WebSocketSender {
    private let hop: Hop<WebSocketHandler>

    init(_ hop: Hop<WebSocketHandler>) { self.hop = hop }

    /// Not known here; the handler itself bounds what waits.
    var isWritable: Bool { true }

    func send(_ type: PacketType, _ text: UnsafeRawBufferPointer) {
        let copy = ByteBuffer(bytes: text)
        hop.run { handler in copy.withUnsafeReadableBytes { handler.send(type, $0) } }
    }

    func send(binary: UnsafeRawBufferPointer) {
        let copy = ByteBuffer(bytes: binary)
        hop.run { handler in copy.withUnsafeReadableBytes { handler.send(binary: $0) } }
    }

    func close(code: CloseCode?) { hop.run { $0.close(code: code) } }
}

/// The WebSocket's end of the same: carries messages to the loop of the session.
final class RemoteConsumer: WebSocketConsumer {
    private let hop: Hop<UpgradeCandidate>

    init(_ hop: Hop<UpgradeCandidate>) { self.hop = hop }

    func received(text: UnsafeRawBufferPointer) {
        let copy = ByteBuffer(bytes: text)
        hop.run { candidate in copy.withUnsafeReadableBytes { candidate.received(text: $0) } }
    }

    func received(binary: UnsafeRawBufferPointer) {
        let copy = ByteBuffer(bytes: binary)
        hop.run { candidate in copy.withUnsafeReadableBytes { candidate.received(binary: $0) } }
    }

    func closed(_ reason: CloseReason) { hop.run { $0.closed(reason) } }
}
