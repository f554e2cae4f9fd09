// SPDX-License-Identifier: Apache-2.0
public import NIOCore
internal import ParleyJSON
internal import ParleyTransport

/// The options of a signaling server. Byte counts are of JSON text.
public struct SignalingConfiguration: Sendable {
    /// The largest session description.
    public var maxDescriptionBytes = 64 * 1024
    /// The largest candidate.
    public var maxCandidateBytes = 2 * 1024
    /// The largest metadata of a peer or a room.
    public var maxMetadataBytes = 4 * 1024
    /// The longest password of a room.
    public var maxPasswordCharacters = 128
    /// Peers in a room whose creator named no capacity.
    public var defaultCapacity = 256
    /// The largest capacity a creator may name.
    public var maxCapacity = 1024
    /// The longest time a room may outlive its last member, in milliseconds.
    public var maxEmptyTimeoutMs = 24 * 3_600_000
    /// Rooms that one peer may be in.
    public var maxRoomsPerPeer = 64
    /// Deliveries to one peer whose ack is outstanding, at most 1024; more are refused with `queue_full`.
    public var maxPendingReceipts = 256
    /// How long a delivery waits for the ack of the remote client when the sender names no time, in milliseconds.
    public var defaultTimeoutMs = 5_000
    /// The longest time a sender may name, in milliseconds.
    public var maxTimeoutMs = 30_000
    /// How long a peer that has lost its connection may come back as the one it was; zero for not at all.
    public var resumeWindow = TimeAmount.seconds(60)
    /// Peers of one event loop that may be away at a time. When there are more, those who have been away longest are given
    /// up. Of peers that nobody sees, being in no room, a twentieth of this.
    public var maxAwayPeers = 20_000
    /// Decides who may connect; nil for everybody.
    public var authenticator: (any Authenticator)?
    /// Wrong tokens that an address may bring in ten minutes before each further one has to wait twice as long.
    public var maxAuthenticationFailures = 10
    /// Whether that goes for loopback too, where a proxy may stand for everybody.
    public var countsAuthenticationFailuresOfLoopback = false
    /// Who may run the server; nil for nobody.
    public var admin: AdminConfiguration?
    /// A server of the operator's that is told what happens; nil for none.
    public var eventWebhook: EventWebhookConfiguration?
    /// STUN and TURN servers for the clients.
    public var ice = ICEConfiguration()
    /// The name and version told in `welcome`.
    public var serverName = "parley"
    public var serverVersion = "0.1.0"

    public init() {}

    /// What happens is written down here, if anybody wants to know.
    package var journal: Journal?
    /// Counts requests that fail. The server's own.
    var refusals = RefusalCounts()
    /// What was sent this long ago over a connection that still lives has arrived. Set from the heartbeat of the server.
    var confirmedAfter = TimeAmount.seconds(65)

    /// What every client is told in `welcome`; ICE servers only if they are the same for all.
    var greeting: JSON {
        var greeting: JSON = [
            "protocol": 1, "resumeWindowMs": .int(resumeWindow.nanoseconds / 1_000_000),
            "server": ["name": .string(serverName), "version": .string(serverVersion)],
            "limits": [
                "descriptionBytes": .int(Int64(maxDescriptionBytes)), "candidateBytes": .int(Int64(maxCandidateBytes)),
                "metadataBytes": .int(Int64(maxMetadataBytes)), "pendingReceipts": .int(Int64(maxPendingReceipts)),
                "timeoutMs": .int(Int64(maxTimeoutMs)), "roomsPerPeer": .int(Int64(maxRoomsPerPeer)),
            ],
            "features": features,
        ]
        if !ice.hasTURN { greeting.set("iceServers", ice.servers(for: "")) }
        return greeting
    }

    /// What a client may count on.
    private var features: JSON {
        var features: [JSON] = ["receipts", "rooms", "lobby", "moderation", "calls", "ice", "report"]
        if resumeWindow > .zero { features.append("resume") }
        return .array(features)
    }
}
