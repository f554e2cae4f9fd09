// SPDX-License-Identifier: Apache-2.0
internal import CParleyEpoll
internal import NIOCore
internal import Synchronization

/// All on the loop.
extension StreamChannel {
    /// What may wait before the channel says that it is not writable, and what must be left before it is again; as NIO's.
    private static let highWater = 64 * 1024
    private static let lowWater = 32 * 1024

    /// Whether the system has taken all that was sent.
    var isDrained: Bool { pending == nil }

    /// Sends at once what the system takes and keeps a copy of the rest.
    func send(_ bytes: UnsafeRawBufferPointer) {
        guard isOpen, !isOutputEnding, !bytes.isEmpty else { return }
        guard pending == nil else {
            append(bytes)
            flushed = pending?.readableBytes ?? 0
            if !isAwaitingWritable { sendPending() }
            return
        }
        let count = transmit(bytes)
        guard count != bytes.count else { return }
        guard count >= 0 || count == -Int(EAGAIN) else { return outputBroke(CInt(-count)) }
        append(UnsafeRawBufferPointer(rebasing: bytes[max(0, count)...]))
        flushed = pending?.readableBytes ?? 0
        awaitWritable(true)
    }

    /// How many of the bytes the system took, or a negated `errno`.
    @inline(__always)
    private func transmit(_ bytes: UnsafeRawBufferPointer) -> Int {
        if let tls { return tls.send(bytes, to: descriptor) }
        return Descriptor.send(descriptor, bytes)
    }

    private func append(_ bytes: UnsafeRawBufferPointer) {
        queued += bytes.count
        if pending?.writeBytes(bytes) == nil { pending = ByteBuffer(bytes: bytes) }
        checkHighWater()
    }

    /// Puts bytes that came through the pipeline behind the others.
    func append(_ buffer: ByteBuffer, _ promise: EventLoopPromise<Void>?) {
        queued += buffer.readableBytes
        if pending?.writeImmutableBuffer(buffer) == nil { pending = buffer }
        if let promise { awaited.append(Awaited(end: queued, promise: promise)) }
        checkHighWater()
    }

    private func checkHighWater() {
        guard let pending, pending.readableBytes > Self.highWater,
            isWritableNow.exchange(false, ordering: .relaxed), reader == nil
        else { return }
        pipeline.syncOperations.fireChannelWritabilityChanged()
    }

    /// Sends what is flushed, as much as the system takes.
    func sendPending() {
        guard isOpen else { return }
        var count = 0
        if let pending, flushed > 0 {
            count = pending.withUnsafeReadableBytes { transmit(UnsafeRawBufferPointer(rebasing: $0.prefix(flushed))) }
        } else if let tls {
            count = tls.send(UnsafeRawBufferPointer(start: nil, count: 0), to: descriptor)
        }
        guard count >= 0 || count == -Int(EAGAIN) else { return outputBroke(CInt(-count)) }
        sent(max(0, count))
    }

    private func sent(_ count: Int) {
        flushed -= count
        pending?.moveReaderIndex(forwardBy: count)
        let left = pending?.readableBytes ?? 0
        if left == 0 { pending = nil }
        // Of TLS there may be more to send than that, or nothing before the client has said something.
        let hasEnded = flushed == 0 && isOutputEnding && tls?.endOutput(descriptor) != false
        awaitWritable(tls?.isBlocked ?? (flushed > 0))
        if hasEnded { Descriptor.endOutput(descriptor) }
        while let first = awaited.first, first.end <= queued - left {
            awaited.removeFirst()
            first.promise.succeed(())
        }
        if left < Self.lowWater, isOpen, !isWritableNow.exchange(true, ordering: .relaxed) {
            if let reader { return reader.streamBecameWritable() }
            pipeline.syncOperations.fireChannelWritabilityChanged()
        }
    }

    func awaitWritable(_ isWanted: Bool) {
        guard isAwaitingWritable != isWanted else { return }
        isAwaitingWritable = isWanted
        watch()
    }

    func dropPending(_ error: any Error) {
        pending = nil
        flushed = 0
        tls?.dropUnsent()
        let promises = awaited
        awaited = []
        awaitWritable(false)
        for waiting in promises { waiting.promise.fail(error) }
    }

    /// Ends the sending side, after what is flushed.
    func closeOutput(_ promise: EventLoopPromise<Void>? = nil) {
        guard isOpen else {
            promise?.fail(ChannelError.alreadyClosed)
            return
        }
        guard !isOutputEnding else {
            promise?.fail(ChannelError.outputClosed)
            return
        }
        isOutputEnding = true
        if let promise { awaited.append(Awaited(end: queued, promise: promise)) }
        // What nobody flushed will not be.
        dropUnflushed()
        if flushed == 0 { sendPending() }
        if reader == nil { pipeline.fireUserInboundEventTriggered(ChannelEvent.outputClosed) }
    }

    private func dropUnflushed() {
        guard let pending, pending.readableBytes > flushed else { return }
        self.pending?.moveWriterIndex(to: pending.readerIndex + flushed)
        queued -= pending.readableBytes - flushed
        for index in awaited.indices { awaited[index].end = min(awaited[index].end, queued) }
    }
}
