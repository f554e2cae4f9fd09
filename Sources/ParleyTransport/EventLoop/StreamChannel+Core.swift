// SPDX-License-Identifier: Apache-2.0
internal import NIOCore
internal import Synchronization

/// What NIO's pipeline, and code that holds `any Channel`, use.
extension StreamChannel: Channel {
    var allocator: ByteBufferAllocator { ByteBufferAllocator() }
    var eventLoop: any EventLoop { loop }
    var parent: (any Channel)? { nil }
    var isWritable: Bool { isWritableNow.load(ordering: .relaxed) }
    var isActive: Bool { isActiveNow.load(ordering: .relaxed) }
    var remoteAddress: SocketAddress? { peerAddress }
    var localAddress: SocketAddress? { isActive ? Descriptor.localAddress(descriptor) : nil }
    var _channelCore: any ChannelCore { self }

    var pipeline: ChannelPipeline {
        shared.withLock { shared in
            if let pipeline = shared.pipeline { return pipeline }
            let pipeline = ChannelPipeline(channel: self)
            shared.pipeline = pipeline
            return pipeline
        }
    }

    var closeFuture: EventLoopFuture<Void> {
        shared.withLock { shared in
            if let promise = shared.closePromise { return promise.futureResult }
            if shared.isClosed { return loop.makeSucceededVoidFuture() }
            let promise = loop.makePromise(of: Void.self)
            shared.closePromise = promise
            return promise.futureResult
        }
    }

    // MARK: Options: reading by itself or when asked

    func setOption<Option: ChannelOption>(_ option: Option, value: Option.Value) -> EventLoopFuture<Void> {
        loop.submit { try self.set(option, value) }
    }

    func getOption<Option: ChannelOption>(_ option: Option) -> EventLoopFuture<Option.Value> {
        loop.submit { try self.get(option) }
    }

    var syncOptions: (any NIOSynchronousChannelOptions)? { Options(channel: self) }

    private struct Options: NIOSynchronousChannelOptions {
        var channel: StreamChannel

        func setOption<Option: ChannelOption>(_ option: Option, value: Option.Value) throws {
            try channel.set(option, value)
        }

        func getOption<Option: ChannelOption>(_ option: Option) throws -> Option.Value { try channel.get(option) }
    }

    private func set<Option: ChannelOption>(_ option: Option, _ value: Option.Value) throws {
        guard isOpen else { throw ChannelError.ioOnClosedChannel }
        guard option is ChannelOptions.Types.AutoReadOption, let value = value as? Bool else {
            throw ChannelError.operationUnsupported
        }
        guard readsByItself != value else { return }
        readsByItself = value
        watch()
    }

    private func get<Option: ChannelOption>(_ option: Option) throws -> Option.Value {
        guard isOpen else { throw ChannelError.ioOnClosedChannel }
        guard option is ChannelOptions.Types.AutoReadOption, let value = readsByItself as? Option.Value else {
            throw ChannelError.operationUnsupported
        }
        return value
    }
}

extension StreamChannel: ChannelCore {
    func localAddress0() throws -> SocketAddress {
        guard let address = localAddress else { throw ChannelError.unknownLocalAddress }
        return address
    }

    func remoteAddress0() throws -> SocketAddress {
        guard let address = peerAddress else { throw ChannelError.operationUnsupported }
        return address
    }

    // An accepted connection is registered, bound and connected.
    func register0(promise: EventLoopPromise<Void>?) { promise?.fail(ChannelError.inappropriateOperationForState) }
    func registerAlreadyConfigured0(promise: EventLoopPromise<Void>?) { register0(promise: promise) }
    func bind0(to: SocketAddress, promise: EventLoopPromise<Void>?) { register0(promise: promise) }
    func connect0(to: SocketAddress, promise: EventLoopPromise<Void>?) { register0(promise: promise) }

    func triggerUserOutboundEvent0(_ event: Any, promise: EventLoopPromise<Void>?) {
        promise?.fail(ChannelError.operationUnsupported)
    }

    func channelRead0(_ data: NIOAny) {}  // nobody took it
    func errorCaught0(error: any Error) {}

    func write0(_ data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard isOpen, !isOutputEnding else {
            promise?.fail(isOpen ? ChannelError.outputClosed : ChannelError.ioOnClosedChannel)
            return
        }
        guard let buffer = tryUnwrapData(data, as: ByteBuffer.self) else {
            promise?.fail(ChannelError.operationUnsupported)
            return
        }
        append(buffer, promise)
    }

    func flush0() {
        guard isOpen, !isOutputEnding else { return }
        flushed = pending?.readableBytes ?? 0
        if !isAwaitingWritable { sendPending() }
    }

    /// Asks for one read of a channel that does not read by itself.
    func read0() {
        guard isOpen, !readsByItself else { return }
        readsByItself = true
        watch()
        readsByItself = false
    }

    func close0(error: any Error, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        switch mode {
        case .output: closeOutput(promise)
        case .input: promise?.fail(ChannelError.operationUnsupported)
        case .all:
            guard isOpen else {
                promise?.fail(ChannelError.alreadyClosed)
                return
            }
            close(because: error)
            promise?.succeed(())
        }
    }
}
