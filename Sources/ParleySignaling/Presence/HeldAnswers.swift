// SPDX-License-Identifier: Apache-2.0
internal import NIOCore

/// Answers to the requests of a client that has lost its connection before they came. Pure.
struct HeldAnswers {
    static let maxAnswers = 48
    static let maxBytes = 64 * 1024

    private var packets: [ByteBuffer] = []
    private var size = 0

    /// Keeps an answer, unless there are too many: a client that waits for so many repeats its requests.
    mutating func add(_ packet: ByteBuffer) {
        guard packets.count < Self.maxAnswers, size + packet.readableBytes <= Self.maxBytes else { return }
        packets.append(packet)
        size += packet.readableBytes
    }

    mutating func takeAll() -> [ByteBuffer] {
        defer { self = HeldAnswers() }
        return packets
    }
}
