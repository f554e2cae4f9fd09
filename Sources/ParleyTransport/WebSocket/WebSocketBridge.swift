// SPDX-License-Identifier: Apache-2.0
internal import NIOCore
internal import ParleyEngineIO

/// The session's end of a WebSocket that was accepted on another loop: a client's connections are spread over the loops
/// as they come, its session stays where it began.
final class RemoteSender: WebSocketSender {
    private let handler: NIOLoopBound<WebSocketHandler>
    private let eventLoop: any EventLoop

    init(_ handler: NIOLoopBound<WebSocketHandler>) {
        self.handler = handler
        eventLoop = handler.eventLoop
    }

    /// Not known here; the handler itself bounds what waits.
    var isWritable: Bool { true }

    func send(_ type: PacketType, _ text: UnsafeRawBufferPointer) {
        let copy = ByteBuffer(bytes: text)
        eventLoop.execute { [handler] in copy.withUnsafeReadableBytes { handler.value.send(type, $0) } }
    }

    func send(binary: UnsafeRawBufferPointer) {
        let copy = ByteBuffer(bytes: binary)
        eventLoop.execute { [handler] in copy.withUnsafeReadableBytes { handler.value.send(binary: $0) } }
    }

    func close(code: CloseCode?) {
        eventLoop.execute { [handler] in handler.value.close(code: code) }
    }
}

/// The WebSocket's end of the same: carries messages to the loop of the session.
final class RemoteConsumer: WebSocketConsumer {
    private let target: NIOLoopBound<UpgradeCandidate>

    init(_ target: NIOLoopBound<UpgradeCandidate>) { self.target = target }

    func received(text: UnsafeRawBufferPointer) {
        let copy = ByteBuffer(bytes: text)
        target.eventLoop.execute { [target] in copy.withUnsafeReadableBytes { target.value.received(text: $0) } }
    }

    func received(binary: UnsafeRawBufferPointer) {
        let copy = ByteBuffer(bytes: binary)
        target.eventLoop.execute { [target] in copy.withUnsafeReadableBytes { target.value.received(binary: $0) } }
    }

    func closed(_ reason: CloseReason) {
        target.eventLoop.execute { [target] in target.value.closed(reason) }
    }
}
