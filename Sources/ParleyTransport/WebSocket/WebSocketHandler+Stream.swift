// SPDX-License-Identifier: Apache-2.0
internal import NIOCore

/// The direct way: bytes go between the handler and the descriptor, with no pipeline between them.
extension WebSocketHandler: StreamReader {
    /// Leaves the pipeline, which holds nothing else any more, if there was one.
    func takeOver(_ stream: StreamChannel) {
        self.stream = stream
        isChannelWritable = stream.isWritable
        if out != nil { scheduleFlush() }
        stream.takeOver(by: self)
    }

    func streamRead(_ bytes: UnsafeMutableRawBufferPointer) {
        if var whole = partial.take() {
            whole.writeBytes(bytes)
            let consumed = whole.withUnsafeMutableReadableBytes { parse($0) }
            guard phase == .open, consumed < whole.readableBytes else { return }
            whole.moveReaderIndex(forwardBy: consumed)
            partial = consumed == 0 ? whole : ByteBuffer(bytes: whole.readableBytesView)
        } else {
            let consumed = parse(bytes)
            guard phase == .open, consumed < bytes.count else { return }
            partial = ByteBuffer(bytes: bytes[consumed...])
        }
    }

    func streamBecameWritable() {
        isChannelWritable = true
        flush()
    }

    func streamClosed() {
        connectionClosed()
        stream = nil
    }
}
