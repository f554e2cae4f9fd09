// SPDX-License-Identifier: Apache-2.0
internal import NIOCore

/// Reading over TLS. On the loop.
extension StreamChannel {
    /// Takes bytes from the wire, answers what TLS itself asks, and hands on what they say.
    func decrypt(_ bytes: UnsafeMutableRawBufferPointer, _ tls: TLSFilter) {
        let (plaintext, code) = tls.receive(bytes, from: descriptor)
        if code < 0, !isOutputEnding { return outputBroke(CInt(-code)) }
        if !plaintext.isEmpty { deliver(plaintext) }
        guard isOpen else { return }
        switch tls.state {
        case .new, .handshaking: awaitWritable(tls.isBlocked)
        case .established:
            if tls.isBlocked { return awaitWritable(true) }
            // Written during the handshake.
            if flushed > 0 { sendPending() }
        case .ended: inputEnded()
        case .failed: close(because: ChannelError.inputClosed)
        case .plainHTTP: refusePlainHTTP()
        }
    }

    /// Answers somebody who forgot the `s`, and waits for the client to read it: until it closes, or until the deadline
    /// of its first request.
    private func refusePlainHTTP() {
        guard !isOutputEnding else { return }
        isOutputEnding = true
        var answer = ByteBuffer()
        HTTPResponse.text(400, "This port speaks HTTPS. Use https:// in place of http:// in the address.")
            .write(into: &answer, keepAlive: false, headOnly: false)
        _ = answer.withUnsafeReadableBytes { Descriptor.send(descriptor, $0) }
        Descriptor.endOutput(descriptor)
    }
}
