// SPDX-License-Identifier: Apache-2.0
internal import CParleyOpenSSL

/// Where the connections of one event loop find ciphertext and leave what they make of it, one after the other: so a
/// connection that is idle keeps no buffer. Confined to the loop; what is in it holds until the next call of any of its
/// connections.
package final class TLSBuffers {
    /// The most that a connection is given at once, in either direction.
    package static let maxBytes = 64 * 1024
    /// Room for what records add, and for a record whose beginning came before. A handshake says less than the whole:
    /// what it sends of certificates is bounded when they are read.
    private static let slack = 32 * 1024

    /// What OpenSSL reads from and writes to, at an address that does not change.
    struct Traffic {
        var input = UnsafeRawBufferPointer(start: nil, count: 0)
        var output: UnsafeMutableRawBufferPointer
        var outputCount = 0

        /// Puts bytes behind the output; false when there is no room.
        mutating func append(_ bytes: UnsafeRawBufferPointer) -> Bool {
            let room = output.dropFirst(outputCount)
            guard room.count >= bytes.count else { return false }
            UnsafeMutableRawBufferPointer(rebasing: room).copyMemory(from: bytes)
            outputCount += bytes.count
            return true
        }
    }

    let traffic = UnsafeMutablePointer<Traffic>.allocate(capacity: 1)
    let plaintext = UnsafeMutableRawBufferPointer.allocate(byteCount: maxBytes + slack, alignment: 16)

    package init() {
        let output = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.maxBytes + Self.slack, alignment: 16)
        traffic.initialize(to: Traffic(output: output))
    }

    deinit {
        traffic.pointee.output.deallocate()
        traffic.deallocate()
        plaintext.deallocate()
    }

    /// Ciphertext that the last call has made.
    package var output: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: traffic.pointee.output.prefix(traffic.pointee.outputCount))
    }

    func begin(_ input: UnsafeRawBufferPointer) {
        traffic.pointee.input = input
        traffic.pointee.outputCount = 0
    }
}

extension TLSBuffers {
    /// OpenSSL's way to the buffers: a BIO of our own, since a BIO in memory would copy everything once more and keep a
    /// buffer for each connection. Nil when there is no memory.
    func makeBIO() -> OpaquePointer? {
        guard let method = Self.method, let bio = BIO_new(method) else { return nil }
        BIO_set_data(bio, traffic)
        BIO_set_init(bio, 1)
        return bio
    }

    /// Made once, never changed. Unchecked for that reason.
    nonisolated(unsafe) private static let method: OpaquePointer? = {
        guard let method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "parley") else { return nil }
        BIO_meth_set_read(method) { bio, bytes, count in TLSBuffers.read(bio, bytes, count) }
        BIO_meth_set_write(method) { bio, bytes, count in TLSBuffers.write(bio, bytes, count) }
        BIO_meth_set_ctrl(method) { _, command, _, _ in command == BIO_CTRL_FLUSH ? 1 : 0 }
        return method
    }()

    private static func read(_ bio: OpaquePointer?, _ bytes: UnsafeMutablePointer<CChar>?, _ count: CInt) -> CInt {
        parley_bio_want_nothing(bio)
        guard let traffic = BIO_get_data(bio)?.assumingMemoryBound(to: Traffic.self), let bytes else { return -1 }
        let part = UnsafeRawBufferPointer(rebasing: traffic.pointee.input.prefix(Int(count)))
        guard let start = part.baseAddress, part.count > 0 else {
            parley_bio_want_read(bio)
            return -1
        }
        UnsafeMutableRawPointer(bytes).copyMemory(from: start, byteCount: part.count)
        traffic.pointee.input = UnsafeRawBufferPointer(rebasing: traffic.pointee.input.dropFirst(part.count))
        return CInt(part.count)
    }

    /// Takes all or, when there is no room, nothing, which ends the connection.
    private static func write(_ bio: OpaquePointer?, _ bytes: UnsafePointer<CChar>?, _ count: CInt) -> CInt {
        parley_bio_want_nothing(bio)
        guard let traffic = BIO_get_data(bio)?.assumingMemoryBound(to: Traffic.self) else { return -1 }
        return traffic.pointee.append(UnsafeRawBufferPointer(start: bytes, count: Int(count))) ? count : -1
    }
}
