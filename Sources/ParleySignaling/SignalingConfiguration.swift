// SPDX-License-Identifier: Apache-2.0

/// The options of a signaling server. Byte counts are of JSON text.
public struct SignalingConfiguration: Sendable {
    /// The largest session description.
    public var maxDescriptionBytes = 64 * 1024
    /// The largest candidate.
    public var maxCandidateBytes = 2 * 1024
    /// The largest metadata of a peer or a room.
    public var maxMetadataBytes = 4 * 1024
    /// Peers in a room whose creator named no capacity.
    public var defaultCapacity = 256
    /// The largest capacity a creator may name.
    public var maxCapacity = 1024
    /// Rooms that one peer may be in.
    public var maxRoomsPerPeer = 64
    /// Deliveries to one peer whose ack is outstanding; more are refused with `queue_full`.
    public var maxPendingReceipts = 256
    /// How long a delivery waits for the ack of the remote client when the sender names no time, in milliseconds.
    public var defaultTimeoutMs = 5_000
    /// The longest time a sender may name, in milliseconds.
    public var maxTimeoutMs = 30_000
    /// The name and version told in `welcome`.
    public var serverName = "parley"
    public var serverVersion = "0.1.0"

    public init() {}
}
