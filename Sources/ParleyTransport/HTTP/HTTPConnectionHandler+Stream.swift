// SPDX-License-Identifier: Apache-2.0
internal import NIOCore

/// The direct way in: a connection whose first request makes it a WebSocket never has a pipeline.
extension HTTPConnectionHandler: StreamReader {
    /// Waits for the first bytes, as long as a request may take.
    func begin(on stream: StreamChannel) {
        self.stream = stream
        stream.takeOver(by: self)
        loop.requestTimeout.arm(deadline)
    }

    func streamRead(_ bytes: UnsafeMutableRawBufferPointer) {
        guard current == nil else { return keep(bytes) }
        let configuration = loop.configuration
        let head = UpgradeHead.read(
            UnsafeRawBufferPointer(bytes), maxBytes: configuration.maxHeadBytes,
            maxFields: configuration.maxHeaderFields)
        guard let head else {
            let stream = stream
            enterPipeline()
            stream?.deliver(bytes)
            return
        }
        deadline.disarm()
        received(request(head, ByteBuffer()))
    }

    /// Goes on as the last handler of a pipeline.
    func enterPipeline() {
        stream.take()?.furnish { try install(in: $0) }
    }

    /// What comes before the answer is for the WebSocket.
    private func keep(_ bytes: UnsafeMutableRawBufferPointer) {
        early.writeBytes(bytes)
        if early.readableBytes > loop.configuration.maxHeadBytes { stream?.closeNow() }
    }

    func streamBecameWritable() {}

    func streamClosed() {
        connectionClosed()
        stream = nil
    }
}
