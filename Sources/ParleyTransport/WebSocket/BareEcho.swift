// SPDX-License-Identifier: Apache-2.0
internal import ParleyEngineIO

/// Sends every WebSocket message back, without Engine.IO: what WebSocket conformance tools talk to.
package struct BareEcho: HTTPRoute {
    private let maxMessage: Int

    /// - Parameter maxMessage: the largest message, in bytes.
    package init(maxMessage: Int) { self.maxMessage = maxMessage }

    package func handle(_ exchange: HTTPExchange) -> Bool {
        guard WebSocketUpgrade.isAsked(by: exchange.request) else { return false }
        if let fault = WebSocketUpgrade.fault(in: exchange.request) {
            exchange.respond(.text(400, fault))
            return true
        }
        exchange.upgrade { [maxMessage] loop in
            let consumer = EchoConsumer()
            let handler = WebSocketHandler(loop: loop, maxMessage: maxMessage, consumer: consumer)
            consumer.handler = handler
            return handler
        }
        return true
    }
}

private final class EchoConsumer: WebSocketConsumer {
    weak var handler: WebSocketHandler?

    func received(text: UnsafeRawBufferPointer) { handler?.send(text: text) }
    func received(binary: UnsafeRawBufferPointer) { handler?.send(binary: binary) }
    func closed(_ reason: CloseReason) { handler = nil }
}
