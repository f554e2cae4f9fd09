// SPDX-License-Identifier: Apache-2.0
internal import NIOCore
internal import ParleyEngineIO
internal import ParleyJSON
internal import ParleySocketIO

/// All of signaling that lives on one event loop: its peers, its part of each room, the rooms it is home to, and the mail
/// to other loops. Confined to the loop.
final class SignalingLoop {
    let eventLoop: any EventLoop
    let index: Int
    /// How many loops there are.
    let count: Int
    let configuration: SignalingConfiguration
    private(set) var peers: [SessionID: Peer] = [:]
    private var views: [RoomName: RoomView] = [:]
    private lazy var directory = RoomDirectory(self)
    private lazy var receipts = ReceiptClock(self)
    private var outgoing: [[LoopMail]]
    private var isPostDue = false
    var colleagues: [NIOLoopBound<SignalingLoop>] = []

    /// Used for every packet, one after the other: a relay allocates nothing.
    var scan = JSONScan()
    var members = ByteBuffer()
    var packet = ByteBuffer()

    init(eventLoop: any EventLoop, index: Int, count: Int, configuration: SignalingConfiguration) {
        self.eventLoop = eventLoop
        self.index = index
        self.count = count
        self.configuration = configuration
        outgoing = Array(repeating: [], count: count)
    }

    // MARK: Peers

    func add(_ peer: Peer) { peers[peer.id] = peer }
    func remove(_ peer: Peer) { peers[peer.id] = nil }
    func expectReceipts(of peer: Peer) { receipts.watch(peer) }

    /// Tells the sender of a signal, wherever it is, that it goes nowhere.
    func refuse(_ signal: Signal, _ refusal: Refusal) {
        let sender = signal.sender
        if sender.loop == index {
            peers[sender]?.refuse(signal.ackID, event: "\(signal.kind.name)", refusal)
        } else {
            post(.refusal(sender, ackID: signal.ackID, signal.kind, refusal), to: sender.loop)
        }
    }

    // MARK: Rooms

    func view(_ room: RoomName) -> RoomView? { views[room] }

    func join(_ request: JoinRequest) {
        let home = RoomDirectory.home(of: request.room, loops: count)
        if home == index { directory.join(request) } else { post(.join(request), to: home) }
    }

    /// From a room's home: the peer may not come in.
    func refuseJoin(_ request: JoinRequest, _ code: ErrorCode) {
        if request.peer.loop == index {
            peers[request.peer]?.joinRefused(request.ackID, Refusal(code))
        } else {
            post(.joinRefusal(request.peer, ackID: request.ackID, Refusal(code)), to: request.peer.loop)
        }
    }

    func leave(_ room: RoomName, _ peer: SessionID, _ reason: LeaveReason) {
        let home = RoomDirectory.home(of: room, loops: count)
        if home == index {
            directory.leave(room, peer, reason: reason)
        } else {
            post(.leave(room, peer, reason), to: home)
        }
    }

    func message(_ room: RoomName, _ signal: Signal) {
        let home = RoomDirectory.home(of: room, loops: count)
        if home == index { directory.message(room, signal) } else { post(.message(room, signal), to: home) }
    }

    /// From a room's home: what has happened there.
    func notify(_ loop: Int, _ room: RoomName, _ notice: RoomNotice) {
        if loop == index { noticed(room, notice) } else { post(.notice(room, notice), to: loop) }
    }

    private func noticed(_ room: RoomName, _ notice: RoomNotice) {
        switch notice {
        case .joined(let member, let json, let roster, let ackID):
            joined(room, member, json, roster, ackID)
        case .left(let id, let reason):
            guard let view = views[room] else { return }
            view.remove(id)
            if let peer = peers[id] { view.remove(peer) }
            if !view.hasMembers(on: index) { views[room] = nil }
            guard !view.peers.isEmpty else { return }
            let left: JSON = [
                "room": room.json, "peerId": .string(id.description), "reason": .string(reason.rawValue),
            ]
            let packet = Packets.event("peer:left", left)
            for peer in view.peers { peer.send(packet) }
        case .message(let signal):
            if let view = views[room] { Relay.arrived(signal, in: view, on: self) }
        case .accepted(let sender, let ackID, let members):
            peers[sender]?.gathers(ackID, from: members)
        }
    }

    private func joined(_ room: RoomName, _ member: Member, _ json: JSON, _ roster: [Member]?, _ ackID: Int?) {
        let view: RoomView
        if let roster {
            view = views[room] ?? RoomView(name: room)
            views[room] = view
            roster.forEach(view.add)
        } else {
            guard let known = views[room] else { return }
            view = known
            view.add(member)
        }
        for peer in view.peers where peer.id != member.id {
            guard let other = view.members[peer.id] else { continue }
            peer.send(Packets.event("peer:joined", ["room": room.json, "peer": member.seen(by: other)]))
        }
        guard member.id.loop == index else { return }
        if let peer = peers[member.id] {
            peer.joined(view, as: member, room: json, ackID: ackID)
        } else {
            // It was disconnected while the home decided.
            leave(room, member.id, .disconnected)
        }
    }

    // MARK: Mail

    /// Sends something to another loop. All that one turn of this loop has for it goes in one hop.
    func post(_ mail: LoopMail, to loop: Int) {
        guard outgoing.indices.contains(loop) else { return }
        outgoing[loop].append(mail)
        guard !isPostDue else { return }
        isPostDue = true
        eventLoop.assumeIsolated().execute { self.postAll() }
    }

    private func postAll() {
        isPostDue = false
        // Notices of a join are handed over before the joiner's ack: the home's own order of posting would be lost if the
        // joiner's loop, handed its mail first, were faster than the hand-over to the next. So the asker comes last.
        let order = outgoing.indices.filter { !outgoing[$0].isEmpty }.sorted {
            !outgoing[$0].holdsAck && outgoing[$1].holdsAck
        }
        for loop in order {
            let batch = outgoing[loop]
            outgoing[loop] = []
            let colleague = colleagues[loop]
            colleague.eventLoop.execute { for mail in batch { colleague.value.received(mail) } }
        }
    }

    private func received(_ mail: LoopMail) {
        switch mail {
        case .join(let request): directory.join(request)
        case .leave(let room, let peer, let reason): directory.leave(room, peer, reason: reason)
        case .message(let room, let signal): directory.message(room, signal)
        case .notice(let room, let notice): noticed(room, notice)
        case .joinRefusal(let peer, let ackID, let refusal): peers[peer]?.joinRefused(ackID, refusal)
        case .refusal(let sender, let ackID, let kind, let refusal):
            peers[sender]?.refuse(ackID, event: "\(kind.name)", refusal)
        case .signal(let signal, let target, let room): Relay.arrived(signal, to: target, in: room, on: self)
        case .receipt(let sender, let ackID, let kind, let outcome): peers[sender]?.receipted(ackID, kind, outcome)
        }
    }
}
