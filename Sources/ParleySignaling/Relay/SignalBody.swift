// SPDX-License-Identifier: Apache-2.0
internal import NIOCore

/// The bytes of a signal that go on unchanged, in a form that may cross loops.
struct SignalBody: Sendable {
    /// The members of the payload without the routing ones, joined by commas.
    var members: ByteBuffer
    var attachments: [ByteBuffer]
}
