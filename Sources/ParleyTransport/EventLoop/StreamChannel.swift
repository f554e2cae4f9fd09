// SPDX-License-Identifier: Apache-2.0
internal import CParleyEpoll
internal import NIOCore
internal import Synchronization

/// An accepted TCP connection on an `EpollLoop`: a NIO channel, with a pipeline while no `StreamReader` reads it.
///
/// Unchecked: `shared` and the atomics may be touched by every thread, `loop`, `descriptor` and `peer` never change; all
/// else is confined to the loop.
final class StreamChannel: EpollSource, @unchecked Sendable {
    /// What NIO lets every thread ask for. Made when it is asked for.
    struct Shared {
        var pipeline: ChannelPipeline?
        var closePromise: EventLoopPromise<Void>?
        var isClosed = false
    }

    /// Called with the result of what was written when `end` bytes have been sent.
    struct Awaited {
        var end: Int
        var promise: EventLoopPromise<Void>
    }

    let loop: EpollLoop
    let shared = Mutex(Shared())
    let isActiveNow = Atomic<Bool>(false)
    let isWritableNow = Atomic<Bool>(true)
    private(set) var reader: (any StreamReader)?
    /// Called once, when the connection is closed.
    var whenClosed: (() -> Void)?

    /// Stands between the bytes of the wire and all others; nil without TLS.
    var tls: TLSFilter?

    /// What is written and not sent. Over TLS it is kept in plain until its ciphertext is sent.
    var pending: ByteBuffer?
    /// How much of it is to be sent; the rest waits for a flush.
    var flushed = 0
    /// Bytes that were ever put in `pending`.
    var queued = 0
    var awaited: [Awaited] = []

    let peer: PeerAddress
    private(set) var isOpen = true
    /// The output is, or will be when all is sent, shut down.
    var isOutputEnding = false
    var isAwaitingWritable = false
    var readsByItself = true
    private var isWatched = false

    init(descriptor: CInt, peer: PeerAddress, loop: EpollLoop) {
        self.peer = peer
        self.loop = loop
        super.init(descriptor: descriptor)
    }

    deinit {
        // One that never came to its loop.
        if isOpen { Descriptor.close(descriptor) }
    }

    /// Furnishes the pipeline, or gives itself to a reader, and begins to read. On the loop.
    func open(_ furnish: (StreamChannel) throws -> Void) {
        do {
            try furnish(self)
            guard isOpen else { return }
            try loop.add(self, interest)
        } catch {
            close(because: error)
            return
        }
        isWatched = true
        isActiveNow.store(true, ordering: .relaxed)
        if reader == nil { beginPipeline() }
    }

    private func beginPipeline() {
        let pipeline = pipeline.syncOperations
        pipeline.fireChannelRegistered()
        pipeline.fireChannelActive()
    }

    // MARK: Reading

    override func ready(_ events: UInt32) {
        if events & UInt32(EPOLLOUT.rawValue) != 0 {
            sendPending()
            if events == UInt32(EPOLLOUT.rawValue) || !isOpen { return }
        }
        if readsByItself {
            _ = read()
        } else if events & UInt32(EPOLLIN.rawValue) != 0 {
            readsByItself = true
            _ = read()
            readsByItself = false
            watch()
        } else {
            close(because: ChannelError.eof)
        }
    }

    /// Reads once. False when there was nothing, or the connection is over.
    private func read() -> Bool {
        let buffer = UnsafeMutableRawBufferPointer(rebasing: loop.receiveBuffer[...])
        let count = Descriptor.receive(descriptor, into: buffer)
        if count > 0 {
            let bytes = UnsafeMutableRawBufferPointer(start: buffer.baseAddress, count: count)
            if let tls { decrypt(bytes, tls) } else { deliver(bytes) }
            return isOpen
        }
        if count == 0 {
            inputEnded()
        } else if count != -Int(EAGAIN) {
            let error = IOError(errnoCode: CInt(-count), reason: "read(descriptor:pointer:size:)")
            if reader == nil { pipeline.syncOperations.fireErrorCaught(error) }
            close(because: error)
        }
        return false
    }

    /// Hands on what the client has said.
    @inline(__always)
    func deliver(_ bytes: UnsafeMutableRawBufferPointer) {
        if let reader { return reader.streamRead(bytes) }
        let pipeline = pipeline.syncOperations
        pipeline.fireChannelRead(NIOAny(ByteBuffer(bytes: bytes)))
        if isOpen { pipeline.fireChannelReadComplete() }
    }

    /// The client says nothing more.
    func inputEnded() {
        if reader == nil { pipeline.syncOperations.fireChannelReadComplete() }
        close(because: ChannelError.eof)
    }

    /// The client takes nothing any more. What it sent before it left is read, then the connection is closed.
    func outputBroke(_ code: CInt) {
        let error = IOError(errnoCode: code, reason: "write(descriptor:pointer:size:)")
        isOutputEnding = true
        dropPending(error)
        loop._executeIsolatedUnsafeUnchecked { [self] in
            var rounds = 0
            while isOpen, rounds < 64, read() { rounds += 1 }
            close(because: error)
        }
    }

    var interest: UInt32 {
        (readsByItself ? UInt32(EPOLLIN.rawValue) : 0) | (isAwaitingWritable ? UInt32(EPOLLOUT.rawValue) : 0)
    }

    /// Tells the kernel what is of interest now.
    func watch() {
        guard isWatched, isOpen else { return }
        do { try loop.change(self, interest) } catch { close(because: error) }
    }

    // MARK: Without a pipeline

    /// Gives all that comes from now on to `reader`, and gives up the pipeline. On the loop.
    func takeOver(by reader: any StreamReader) {
        guard isOpen else { return reader.streamClosed() }
        self.reader = reader
        guard let pipeline = shared.withLock({ $0.pipeline.take() }) else { return }
        // Later, since the caller may be called by the pipeline.
        loop._executeIsolatedUnsafeUnchecked { [self] in removeHandlers(pipeline: pipeline) }
    }

    /// Gives up the reader for a pipeline. On the loop.
    func furnish(_ handlers: (ChannelPipeline.SynchronousOperations) throws -> Void) {
        reader = nil
        do { try handlers(pipeline.syncOperations) } catch { return close(because: error) }
        beginPipeline()
    }

    // MARK: Closing

    func closeNow() { close(because: ChannelError.ioOnClosedChannel) }

    override func loopEnds() { close(because: EventLoopError.shutdown) }

    /// Closes at once, and fails what waits to be sent. On the loop.
    func close(because error: any Error) {
        guard isOpen else { return }
        isOpen = false
        loop.remove(self)
        if let tls, pending == nil { _ = tls.endOutput(descriptor) }
        Descriptor.close(descriptor)
        let wasActive = isActiveNow.exchange(false, ordering: .relaxed)
        dropPending(error)
        if let reader = reader.take() {
            reader.streamClosed()
        } else if wasActive {
            let pipeline = pipeline.syncOperations
            pipeline.fireChannelInactive()
            pipeline.fireChannelUnregistered()
        }
        whenClosed.take()?()
        let (pipeline, promise) = shared.withLock { shared in
            shared.isClosed = true
            return (shared.pipeline, shared.closePromise.take())
        }
        guard pipeline != nil || promise != nil else { return }
        // Later, since callers may still be on their way through the pipeline.
        loop._executeIsolatedUnsafeUnchecked { [self] in
            if let pipeline { removeHandlers(pipeline: pipeline) }
            promise?.succeed(())
        }
    }

    var peerAddress: SocketAddress? { peer.socketAddress }
}
