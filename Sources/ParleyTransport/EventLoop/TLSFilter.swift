// SPDX-License-Identifier: Apache-2.0
internal import CParleyEpoll
internal import NIOCore
internal import ParleyTLS

/// What TLS adds to a `StreamChannel`: the connection's keys, and ciphertext that could not be sent. On its loop.
///
/// No handler of the pipeline, since a WebSocket has no pipeline: so TLS costs it no more than the encryption, and plain
/// connections one look at whether there is a filter.
final class TLSFilter {
    /// The most ciphertext that may wait. What is sent is encrypted when the system takes it, so this is met only by a
    /// client that asks for answers of TLS itself and does not read them.
    private static let maxUnsent = 128 * 1024

    private let connection: TLSConnection
    private let buffers: TLSBuffers
    private var unsent: ByteBuffer?
    /// How many of the bytes that were to be sent are in `unsent`.
    private var inFlight = 0

    /// Nil when there is no memory.
    init?(_ context: TLSContext, on loop: EpollLoop) {
        buffers = loop.tlsBuffers
        guard let connection = TLSConnection(context, buffers) else { return nil }
        self.connection = connection
    }

    var state: TLSConnection.State { connection.state }
    /// Whether there is ciphertext that the system did not take.
    var isBlocked: Bool { unsent != nil }

    /// Decrypts, and sends what the handshake has to say. The result is in memory of the loop.
    func receive(
        _ bytes: UnsafeMutableRawBufferPointer, from descriptor: CInt
    ) -> (plaintext: UnsafeMutableRawBufferPointer, code: Int) {
        let plaintext = connection.receive(UnsafeRawBufferPointer(bytes))
        return (plaintext, sendOutput(to: descriptor))
    }

    /// Encrypts and sends, until the system takes no more. How many of the bytes have left, or a negated `errno`; what is
    /// said during the handshake waits for its end. Those that are encrypted and not sent are expected first next time.
    func send(_ bytes: UnsafeRawBufferPointer, to descriptor: CInt) -> Int {
        var sent = 0
        if unsent != nil {
            let code = sendUnsent(to: descriptor)
            guard code == 0, unsent == nil else { return code }
            sent = inFlight
            inFlight = 0
        }
        guard connection.state != .new, connection.state != .handshaking else { return 0 }
        while sent < bytes.count {
            let part = UnsafeRawBufferPointer(rebasing: bytes[sent...].prefix(TLSBuffers.maxBytes))
            guard connection.encrypt(part) else { return -Int(EPIPE) }
            let code = sendOutput(to: descriptor)
            guard code == 0 else { return code }
            guard unsent == nil else {
                inFlight = part.count
                break
            }
            sent += part.count
        }
        return sent
    }

    /// Says that nothing more will be sent. Whether that has left.
    func endOutput(_ descriptor: CInt) -> Bool {
        connection.endOutput()
        // A failure is no matter: nothing follows.
        _ = sendOutput(to: descriptor)
        return unsent == nil
    }

    func dropUnsent() {
        unsent = nil
        inFlight = 0
    }

    /// Sends what the connection has made, behind what waits. 0 or a negated `errno`.
    private func sendOutput(to descriptor: CInt) -> Int {
        let output = buffers.output
        guard !output.isEmpty else { return 0 }
        guard unsent == nil else {
            unsent?.writeBytes(output)
            return sendUnsent(to: descriptor)
        }
        let count = Descriptor.send(descriptor, output)
        guard count != output.count else { return 0 }
        guard count >= 0 || count == -Int(EAGAIN) else { return count }
        unsent = ByteBuffer(bytes: UnsafeRawBufferPointer(rebasing: output[max(0, count)...]))
        return 0
    }

    private func sendUnsent(to descriptor: CInt) -> Int {
        guard let waiting = unsent else { return 0 }
        let count = waiting.withUnsafeReadableBytes { Descriptor.send(descriptor, $0) }
        guard count >= 0 || count == -Int(EAGAIN) else { return count }
        unsent?.moveReaderIndex(forwardBy: max(0, count))
        let left = waiting.readableBytes - max(0, count)
        if left == 0 { unsent = nil }
        return left <= Self.maxUnsent ? 0 : -Int(ENOBUFS)
    }
}
