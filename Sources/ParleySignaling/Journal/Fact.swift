// SPDX-License-Identifier: Apache-2.0
package import ParleyEngineIO
package import ParleyJSON

/// Something that has happened to a room, a peer or a call, for those who run the server. Holds no descriptions,
/// candidates, metadata, passwords or tokens.
package struct Fact: Sendable {
    package enum Kind: String, Sendable, CaseIterable {
        case roomCreated = "room:created"
        case roomUpdated = "room:updated"
        case roomClosed = "room:closed"
        case peerConnected = "peer:connected"
        case peerResumed = "peer:resumed"
        case peerDisconnected = "peer:disconnected"
        case peerJoined = "peer:joined"
        case peerLeft = "peer:left"
        case peerAway = "peer:away"
        case peerBack = "peer:back"
        case moderated
        case callStarted = "call:started"
        case callMissed = "call:missed"
        case callEnded = "call:ended"
        /// Somebody who runs the server has changed something.
        case administered = "admin"
    }

    /// The place in the journal, from 1 and without a gap.
    package internal(set) var cursor: Int64 = 0
    /// Milliseconds since 1970.
    package let at: Int64
    package let kind: Kind
    package let room: RoomName?
    package let peer: SessionID?
    /// What else is to be said, by kind; an object.
    package let data: JSON

    /// As admins and webhooks see it.
    package var json: JSON {
        var json: JSON = ["cursor": .int(cursor), "at": .int(at), "type": .string(kind.rawValue)]
        json.set("room", room?.json)
        json.set("peerId", peer.map { .string($0.description) })
        json.set("data", data)
        return json
    }
}
