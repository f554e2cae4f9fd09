// SPDX-License-Identifier: Apache-2.0
internal import NIOConcurrencyHelpers

/// An event that a client has sent.
public struct Event: Sendable {
    /// Its name; a number is given as its text.
    public var name: String
    /// Its arguments without the ack callback. Binary arguments are `.binary`.
    public var arguments: [JSON]
    /// The client's ack callback, when it gave one.
    public var ack: Ack?

    /// The argument at `index`, `.null` when the client sent fewer.
    public subscript(index: Int) -> JSON { index >= 0 && index < arguments.count ? arguments[index] : .null }
}

/// A client's ack callback. It can be called once, from anywhere; further calls do nothing.
public final class Ack: Sendable {
    private let isUsed = NIOLockedValueBox(false)
    private let socket: Socket
    private let id: Int

    init(socket: Socket, id: Int) {
        self.socket = socket
        self.id = id
    }

    /// Calls it with these arguments.
    public func callAsFunction(_ arguments: JSON...) { send(arguments) }

    /// Calls it with these arguments.
    public func send(_ arguments: [JSON]) {
        let isFirst = isUsed.withLockedValue { used in
            defer { used = true }
            return !used
        }
        guard isFirst else { return }
        let id = id
        socket.onLoop { $0.sendAck(id, .array(arguments)) }
    }
}

/// Why an ack did not come.
public enum AckError: Error, Sendable {
    /// The client did not answer in time.
    case timedOut
    /// The client was disconnected before it answered.
    case disconnected
}

/// A refusal by middleware, sent to the client as `connect_error`.
public struct ConnectError: Error, Sendable {
    public var message: String
    /// What the client finds in `error.data`.
    public var data: JSON?

    public init(_ message: String, data: JSON? = nil) {
        self.message = message
        self.data = data
    }

    /// The server goes down; another one, or the same a little later, will do.
    static let draining = ConnectError("The server is going down.", data: ["code": "draining", "retryable": true])
}
