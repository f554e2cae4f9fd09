// SPDX-License-Identifier: Apache-2.0
internal import ParleyEngineIO
internal import ParleyJSON

/// A peer in a list.
struct PeerSummary: Sendable {
    var id: String
    var json: JSON
}

/// What those who run the server see and do on one loop.
extension SignalingLoop {
    /// The peers after `cursor`, by id, whose id, user, name or address holds `filter`.
    func summaries(after cursor: String, limit: Int, filter: String, in room: RoomName?) -> [PeerSummary] {
        let candidates = room.map { view($0)?.peers ?? [] } ?? peers.all
        let chosen = candidates.filter { $0.id.description > cursor && $0.matches(filter) }
        return chosen.sorted { $0.id.description < $1.id.description }.prefix(limit).map { peer in
            var json = peer.identity
            json.set("peerId", .string(peer.id.description))
            json.set("state", peer.isAway ? "away" : "here")
            json.set("rooms", .array(peer.rooms.map(\.name.json)))
            json.set("unconfirmed", .int(Int64(peer.receipts.count)))
            return PeerSummary(id: peer.id.description, json: json)
        }
    }

    /// Ends the peers that `matches` names, and tells them why. Returns how many.
    func end(where matches: (Peer) -> Bool, _ moderated: JSON) -> Int {
        let chosen = peers.all.filter(matches)
        for peer in chosen {
            peer.notify("moderated", moderated)
            peer.end(.banned)
        }
        return chosen.count
    }

    /// An event for everybody who is here. Returns how many.
    func tellEverybody(_ event: String, _ payload: JSON) -> Int {
        let packet = Packets.event(event, payload).kept
        let here = peers.all.filter { !$0.isAway }
        for peer in here { peer.notify(packet) }
        return here.count
    }
}

extension Peer {
    fileprivate func matches(_ filter: String) -> Bool {
        guard !filter.isEmpty else { return true }
        return [id.description, user, name, socket.remoteAddress].contains {
            $0?.lowercased().contains(filter) ?? false
        }
    }
}
