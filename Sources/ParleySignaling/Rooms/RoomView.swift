// SPDX-License-Identifier: Apache-2.0
internal import NIOCore
internal import ParleyEngineIO
internal import ParleyJSON

/// What one loop knows of a room that some of its peers are in. Kept up by the home's notices; confined to the loop.
final class RoomView {
    let name: RoomName
    /// The name as JSON, quotes included, ready to be put into packets.
    let nameJSON: ByteBuffer
    /// Everybody, on whatever loop.
    private(set) var members: [SessionID: Member] = [:]
    /// The members on this loop.
    private(set) var peers: [Peer] = []

    init(name: RoomName) {
        self.name = name
        var json = ByteBuffer()
        name.json.write(into: &json)
        nameJSON = json
    }

    /// Whether the home counts members on a loop; one that has just left may still be among them.
    func hasMembers(on loop: Int) -> Bool { members.keys.contains { $0.loop == loop } }

    func add(_ member: Member) { members[member.id] = member }
    func add(_ peer: Peer) { peers.append(peer) }
    func remove(_ id: SessionID) { members[id] = nil }

    /// Everybody but one member, as that one sees them, in the order of joining.
    func others(than member: Member) -> JSON {
        .array(members.values.filter { $0.id != member.id }.sorted { $0.order < $1.order }.map { $0.seen(by: member) })
    }

    func remove(_ peer: Peer) {
        guard let index = peers.firstIndex(where: { $0 === peer }) else { return }
        // The order of local members means nothing.
        peers.swapAt(index, peers.count - 1)
        peers.removeLast()
    }
}
