// SPDX-License-Identifier: Apache-2.0
internal import NIOCore
internal import ParleyEngineIO

/// A signal on its way: who sent it, the bytes that go on unchanged, and what the sender wants to know.
struct Signal: Sendable {
    var kind: SignalKind
    var sender: SessionID
    /// The members of the payload without the routing ones, joined by commas.
    var members: ByteBuffer
    var attachments: [ByteBuffer]
    /// The sender's ack, when it wants one.
    var ackID: Int?
    /// The sender's name for it.
    var mid: String?
    var confirmation: Confirmation
    /// How long the remote client may take to ack.
    var timeoutMs: Int
    /// Whether a newer one makes it void as long as it is not delivered.
    var isOffer = false

    /// About as many bytes as it takes on the wire.
    var size: Int { attachments.reduce(members.readableBytes + 128) { $0 + $1.readableBytes } }

    /// The same with memory of its own, to be kept beyond the packet that it came in.
    var kept: Signal {
        var copy = self
        copy.members = ByteBuffer(bytes: members.readableBytesView)
        return copy
    }
}
