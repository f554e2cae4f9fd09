// SPDX-License-Identifier: Apache-2.0
internal import ParleyEngineIO

/// What a WebSocket hands its messages to. On the loop of the WebSocket.
protocol WebSocketConsumer: AnyObject {
    /// A whole text message of valid UTF-8, alive until the method returns.
    func received(text: UnsafeRawBufferPointer)
    /// A whole binary message, alive until the method returns.
    func received(binary: UnsafeRawBufferPointer)
    /// The WebSocket is over. Called once, last.
    func closed(_ reason: CloseReason)
}

/// What a session sends through: a WebSocket on its own loop, or the bridge to one on another.
protocol WebSocketSender: AnyObject {
    var isWritable: Bool { get }
    /// Sends one Engine.IO packet as a text frame.
    func send(_ type: PacketType, _ text: UnsafeRawBufferPointer)
    func send(binary: UnsafeRawBufferPointer)
    /// Closes with this code, or with an empty close frame. Nothing is received any more.
    func close(code: CloseCode?)
}
