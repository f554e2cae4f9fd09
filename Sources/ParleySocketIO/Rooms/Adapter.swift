// SPDX-License-Identifier: Apache-2.0
public import NIOCore

/// Whom a broadcast is for.
public struct BroadcastOptions: Sendable {
    /// Everybody in any of these; everybody in the namespace when empty.
    public var rooms: Set<String>
    /// Nobody in any of these.
    public var except: Set<String>
    /// Drop it for clients that could not get it at once.
    public var isVolatile = false
    /// Keep it on this server.
    public var isLocal = false
    /// How long acks are waited for.
    public var timeout: TimeAmount?

    public init(rooms: Set<String> = [], except: Set<String> = []) {
        self.rooms = rooms
        self.except = except
    }
}

/// The answers to a broadcast with acks.
public struct BroadcastAnswers: Sendable {
    /// The first argument of each client's ack.
    public var answers: [JSON]
    /// Clients that were asked and did not answer in time.
    public var missing: Int
}

/// A socket that may be connected to another server.
public struct RemoteSocket: Sendable {
    public var id: String
    public var handshake: Handshake
    public var rooms: Set<String>
    public var data: JSON
}

/// The seam behind which several servers act as one: everything that may concern sockets elsewhere goes through it.
///
/// `InMemoryAdapter` knows this process only. All methods may be called from anywhere.
public protocol Adapter: AnyObject, Sendable {
    /// Sends an event to the sockets that `options` selects.
    func broadcast(_ event: String, _ arguments: [JSON], _ options: BroadcastOptions)
    /// The same, and gathers their acks until `options.timeout`.
    func broadcastWithAck(_ event: String, _ arguments: [JSON], _ options: BroadcastOptions) async -> BroadcastAnswers
    func fetchSockets(_ options: BroadcastOptions) async throws -> [RemoteSocket]
    func addSockets(_ options: BroadcastOptions, to rooms: [String])
    func removeSockets(_ options: BroadcastOptions, from rooms: [String])
    func disconnectSockets(_ options: BroadcastOptions, close: Bool)
    /// Sends an event to the other servers.
    func serverSideEmit(_ event: String, _ arguments: [JSON])
    /// The same, and gathers an answer from each.
    func serverSideEmitWithAck(_ event: String, _ arguments: [JSON]) async throws -> [JSON]
    /// How many servers there are, this one included.
    func serverCount() async -> Int
    /// The server is going down.
    func close() async
}
