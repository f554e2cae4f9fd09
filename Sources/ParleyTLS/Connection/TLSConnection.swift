// SPDX-License-Identifier: Apache-2.0
internal import CParleyOpenSSL

/// One TLS connection, without the wire: ciphertext in, plaintext out, and the other way. Confined to the loop of its
/// buffers.
///
/// After each call `buffers.output` is to be sent, also after one that has failed: it may hold an alert.
package final class TLSConnection {
    package enum State: Equatable {
        /// Nothing has come.
        case new
        case handshaking
        case established
        /// The peer sends no more. It may still be sent to.
        case ended
        /// Somebody speaks HTTP without TLS.
        case plainHTTP
        /// Nothing can be received or sent any more.
        case failed
    }

    package private(set) var state = State.new
    private let ssl: OpaquePointer
    private let buffers: TLSBuffers
    /// Kept, since OpenSSL calls it back when the client names a server.
    private let context: TLSContext

    /// The server's end of a connection that has just been accepted. Nil when there is no memory for it.
    package convenience init?(_ context: TLSContext, _ buffers: TLSBuffers) {
        guard let ssl = SSL_new(context.pointer) else { return nil }
        SSL_set_accept_state(ssl)
        self.init(ssl: ssl, context, buffers)
    }

    /// Takes over an end whose role is set. Nil when there is no memory.
    init?(ssl: OpaquePointer, _ context: TLSContext, _ buffers: TLSBuffers) {
        self.ssl = ssl
        self.context = context
        self.buffers = buffers
        guard let bio = buffers.makeBIO() else { return nil }
        SSL_set_bio(ssl, bio, bio)
    }

    deinit {
        // Else OpenSSL would take the session for broken, and its peer could not resume it.
        SSL_set_shutdown(ssl, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN)
        SSL_free(ssl)
    }

    /// Takes all of `ciphertext`, at most `TLSBuffers.maxBytes`, and returns what it says: bytes in memory of the loop,
    /// which may be changed. The beginning of a record waits inside for its rest.
    package func receive(_ ciphertext: UnsafeRawBufferPointer) -> UnsafeMutableRawBufferPointer {
        assert(ciphertext.count <= TLSBuffers.maxBytes)
        buffers.begin(ciphertext)
        var count = 0
        while isReceiving(ciphertext) {
            let room = UnsafeMutableRawBufferPointer(rebasing: buffers.plaintext.dropFirst(count))
            ERR_clear_error()
            let result = SSL_read(ssl, room.baseAddress, CInt(room.count))
            if state == .handshaking, SSL_is_init_finished(ssl) == 1 { state = .established }
            guard result > 0 else {
                stopped(SSL_get_error(ssl, result))
                break
            }
            count += Int(result)
            // One more call would only learn that there is nothing.
            if buffers.traffic.pointee.input.isEmpty { break }
        }
        return UnsafeMutableRawBufferPointer(rebasing: buffers.plaintext.prefix(count))
    }

    private func isReceiving(_ ciphertext: UnsafeRawBufferPointer) -> Bool {
        switch state {
        case .handshaking, .established: return true
        case .ended, .plainHTTP, .failed: return false
        case .new:
            // No record of TLS begins with a capital letter (RFC 8446 §5.1), and every request of HTTP does.
            if let first = ciphertext.first {
                state = (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(first) ? .plainHTTP : .handshaking
            }
            return state == .handshaking
        }
    }

    private func stopped(_ reason: CInt) {
        switch reason {
        case SSL_ERROR_WANT_READ: break
        case SSL_ERROR_ZERO_RETURN where state == .established: state = .ended
        default:
            if ERR_GET_REASON(ERR_peek_error()) == SSL_R_WRONG_VERSION_NUMBER, buffers.output.isEmpty {
                Self.unexpectedMessage.withUnsafeBytes { _ = buffers.traffic.pointee.append($0) }
            }
            state = .failed
        }
    }

    /// An alert for what is so far from TLS that OpenSSL has no word for it (RFC 8446 §6).
    private static let unexpectedMessage: [UInt8] = [21, 3, 1, 0, 2, 2, 10]

    /// Encrypts at most `TLSBuffers.maxBytes`. False: that is not, or no longer, possible.
    package func encrypt(_ plaintext: UnsafeRawBufferPointer) -> Bool {
        buffers.begin(UnsafeRawBufferPointer(start: nil, count: 0))
        guard mayWrite, !plaintext.isEmpty else { return mayWrite }
        ERR_clear_error()
        let count = SSL_write(ssl, plaintext.baseAddress, CInt(plaintext.count))
        if count != plaintext.count { state = .failed }
        return count == plaintext.count
    }

    /// Says that nothing more will be sent (`close_notify`). Nothing can be encrypted afterwards.
    package func endOutput() {
        buffers.begin(UnsafeRawBufferPointer(start: nil, count: 0))
        guard mayWrite else { return }
        ERR_clear_error()
        SSL_shutdown(ssl)
    }

    private var mayWrite: Bool {
        (state == .established || state == .ended) && SSL_get_shutdown(ssl) & SSL_SENT_SHUTDOWN == 0
    }
}
