// SPDX-License-Identifier: Apache-2.0
internal import NIOCore
internal import ParleyEngineIO

/// A signal on its way: who sent it, the bytes that go on unchanged, and what the sender wants to know.
struct Signal: Sendable {
    var kind: SignalKind
    var sender: SessionID
    /// The members that go on, joined by commas, when the signal outlives the packet that it came in.
    var members: KeptBytes?
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
    var size: Int

    /// The same with memory of its own.
    consuming func keeping(_ members: SignalMembers) -> Signal {
        self.members = members.kept
        return self
    }
}
