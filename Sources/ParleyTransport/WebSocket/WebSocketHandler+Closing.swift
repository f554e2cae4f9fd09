// SPDX-License-Identifier: Apache-2.0
internal import ParleyEngineIO
internal import ParleyJSON

/// How it ends, from either side.
extension WebSocketHandler {
    /// RFC 6455 §5.5.1: answered with the same code, unless it is not one that may be sent.
    func receivedClose(_ payload: UnsafeRawBufferPointer) {
        guard payload.count != 1 else { return fail(.protocolError) }
        if payload.count >= 2 {
            let code = UInt16(payload[0]) << 8 | UInt16(payload[1])
            guard CloseCode.isSendable(code) else { return fail(.protocolError) }
            guard UTF8Check.isValid(UnsafeRawBufferPointer(rebasing: payload[2...])) else { return fail(.invalidData) }
        }
        writeFrame(.close, prefix: nil, UnsafeRawBufferPointer(rebasing: payload.prefix(2)))
        // 1000: the connection has served its purpose. Browsers that leave a page, or lose the network, say something else.
        finish(payload.prefix(2).elementsEqual([0x03, 0xE8]) ? .normalClosure : .transportClose)
        closeChannel()
    }

    func close(code: CloseCode?) {
        guard phase == .open else { return }
        (code?.payload ?? []).withUnsafeBytes { writeFrame(.close, prefix: nil, $0) }
        guard phase == .open else { return }
        phase = .closing
        partial = nil
        fragments = nil
        consumer = nil
        arm()
    }

    /// The client broke a rule: it is told which, and its messages end here.
    func fail(_ code: CloseCode, _ refused: Refused? = nil) {
        loop.configuration.refusals.count(refused ?? Refused(code))
        let consumer = consumer
        close(code: code)
        consumer?.closed(.transportError)
    }

    func finish(_ reason: CloseReason) {
        guard let consumer = consumer.take() else { return }
        consumer.closed(reason)
    }

    /// Ends the sending side after what is queued and waits for the client to end its own.
    func closeChannel() {
        guard phase != .closed else { return }
        phase = .closed
        flush()
        // Both have said that they close, and all is written: nobody has anything to wait for.
        if let stream, stream.isDrained { return stream.closeNow() }
        if let stream { stream.closeOutput() } else { context?.close(mode: .output, promise: nil) }
        arm()
    }

    private func arm() {
        let deadline = deadline ?? Deadline()
        deadline.owner = self
        self.deadline = deadline
        loop.lingerTimeout.arm(deadline)
    }

    func deadlinePassed() {
        phase = .closed
        closeConnection()
    }

    func closeConnection() {
        if let stream { stream.closeNow() } else { context?.close(promise: nil) }
    }
}
