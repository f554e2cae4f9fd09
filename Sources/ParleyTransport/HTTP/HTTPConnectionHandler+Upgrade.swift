// SPDX-License-Identifier: Apache-2.0
internal import NIOCore

/// From a request to a WebSocket.
extension HTTPConnectionHandler {
    func upgrade(_ exchange: HTTPExchange, _ make: (TransportLoop) -> WebSocketHandler) {
        guard current === exchange, !isLingering else { return }
        current = nil
        phase = .finished
        deadline.disarm()
        let handler = make(loop)
        handler.begin { WebSocketUpgrade.answer(exchange.request, loop.configuration.origins, into: &$0) }
        if let stream = stream.take() {
            handler.takeOver(stream)
            guard early.readableBytes > 0 else { return }
            return early.withUnsafeMutableReadableBytes { handler.streamRead($0) }
        }
        guard let context else { return }
        let pipeline = context.pipeline.syncOperations
        do {
            // The decoder hands on what came behind the request when it is removed, so the new handler must be there.
            try pipeline.addHandler(handler, position: .after(self))
            if let guardian { pipeline.removeHandler(guardian, promise: nil) }
            pipeline.removeHandler(context: context, promise: nil)
            guard let stream = context.channel as? StreamChannel else {
                return pipeline.removeHandler(decoder, promise: nil)
            }
            // What came behind the request is through by then.
            pipeline.removeHandler(decoder).assumeIsolated().whenSuccess { handler.takeOver(stream) }
        } catch {
            context.close(promise: nil)
        }
    }
}
