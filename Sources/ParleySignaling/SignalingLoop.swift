// SPDX-License-Identifier: Apache-2.0
internal import DequeModule
internal import NIOCore
internal import ParleyEngineIO
internal import ParleyJSON
internal import ParleySocketIO
internal import ParleyTransport

/// All of signaling that lives on one event loop: its peers, its part of each room, the rooms, users and calls it is home
/// to, and the mail to other loops. Confined to the loop.
final class SignalingLoop {
    let eventLoop: any EventLoop
    private let epollLoop: EpollLoop?
    let index: Int
    /// How many loops there are.
    let count: Int
    let configuration: SignalingConfiguration
    let limits: SignalLimits
    /// The members that are the same in every `welcome`.
    let greeting: ByteBuffer
    let hashing: SlowHashing
    /// Nil where everybody may come in.
    let door: Door?
    let absences: Absences
    /// Whether the rooms of peers are rooms of their sockets, too, for the dashboard.
    let showsRooms: Bool
    let iceRenewal: DeadlineQueue
    private(set) var peers = PeerTable<Peer>()
    private var peersByPID = PeerTable<Peer>()
    var views: [RoomName: RoomView] = [:]
    private(set) lazy var directory = RoomDirectory(self)
    lazy var authority: any RoomAuthority = directory
    var undecided: Deque<RoomAct> = []
    var isDeciding = false
    private let receipts = ReceiptClock()
    private let outboxes = OutboxClock()
    lazy var calls = CallDesk(self)
    lazy var users = UserDirectory(self)
    private var post: LoopPost
    var colleagues: [NIOLoopBound<SignalingLoop>] = []
    var relayCounts = RelayCounts()
    let lag = LoopLag()

    /// Used for every packet, one after the other: a relay allocates nothing.
    let scan = JSONScan()
    let packet = PacketSpace()

    init(
        eventLoop: any EventLoop, index: Int, count: Int, configuration: SignalingConfiguration, hashing: SlowHashing,
        door: Door?
    ) {
        self.eventLoop = eventLoop
        epollLoop = eventLoop as? EpollLoop
        self.index = index
        self.count = count
        self.configuration = configuration
        limits = SignalLimits(configuration)
        greeting = Packets.members(configuration.greeting)
        self.hashing = hashing
        self.door = door
        showsRooms = configuration.admin != nil
        absences = Absences(configuration, on: eventLoop)
        iceRenewal = DeadlineQueue(after: .milliseconds(Int64(configuration.ice.turnSeconds) * 750), on: eventLoop)
        post = LoopPost(count: count)
    }

    /// The time, a turn of the loop old at most.
    var now: NIODeadline { epollLoop?.turnTime ?? .now() }

    // MARK: Peers

    func add(_ peer: Peer) {
        peers[peer.id] = peer
        if let pid = peer.socket.pid { peersByPID[pid] = peer }
    }

    func remove(_ peer: Peer) {
        outboxes.forget(peer)
        peers[peer.id] = nil
        if let pid = peer.socket.pid { peersByPID[pid] = nil }
    }

    func peer(pid: SessionID) -> Peer? { peersByPID[pid] }

    /// Lets a client that wants to be the one it was in as a newcomer.
    func refuse(_ resumption: Resumption) {
        relayCounts.resumesRefused += 1
        resumption.refuse()
    }

    func expectReceipts(of peer: Peer, until deadline: NIODeadline) { receipts.watch(peer, until: deadline) }
    func expectOffset(of peer: Peer) { outboxes.watch(peer) }

    /// Sends an event to a peer, wherever it is.
    func tell(_ id: SessionID, _ event: StaticString, _ payload: JSON) {
        if id.loop == index {
            peers[id]?.notify("\(event)", payload)
        } else {
            send(.tell(id, event, payload), to: id.loop)
        }
    }

    /// Answers a request of a peer, wherever it is.
    func answer(_ id: SessionID, _ ackID: Int?, event: String, _ answer: Result<JSON, Refusal>) {
        if id.loop == index {
            peers[id]?.answered(ackID, event: event, answer)
        } else {
            send(.answer(id, ackID: ackID, event: event, answer), to: id.loop)
        }
    }

    /// Tells the sender of a signal, wherever it is, that it goes nowhere.
    func refuse(_ signal: Signal, _ refusal: Refusal) {
        if signal.ackID != nil { relayCounts.refused(refusal.code) }
        let sender = signal.sender
        if sender.loop == index {
            peers[sender]?.forget(mid: signal.mid)
            peers[sender]?.refuse(signal.ackID, event: "\(signal.kind.name)", refusal)
        } else {
            send(.refusal(sender, ackID: signal.ackID, mid: signal.mid, signal.kind, refusal), to: sender.loop)
        }
    }

    /// Tells the sender of a signal what became of it after its ack.
    func settle(_ sender: SessionID, _ settlement: Settlement) {
        if sender.loop == index {
            peers[sender]?.settled(settlement)
        } else {
            send(.settled(sender, settlement), to: sender.loop)
        }
    }

    /// Takes a signal to its target, wherever that is.
    func deliver(_ signal: Signal, _ members: SignalMembers, to target: SessionID, in room: RoomName?) {
        if target.loop == index {
            Relay.arrived(signal, members, to: target, in: room, on: self)
        } else if post.add(signal, members, to: target, in: room) {
            postIsDue()
        }
    }

    // MARK: Mail

    /// Sends something to another loop. All that one turn of this loop has for it goes in one hop.
    func send(_ mail: LoopMail, to loop: Int) {
        if post.add(mail, to: loop) { postIsDue() }
    }

    private func postIsDue() { eventLoop.assumeIsolated().execute { self.post.deliver(to: self.colleagues) } }

    func received(_ bag: MailBag) {
        for mail in bag.mail { received(mail, bag) }
        post.reuse(bag)
    }

    private func received(_ mail: LoopMail, _ bag: MailBag) {
        switch mail {
        case .act(let act): decide(act)
        case .notice(let room, let notice): noticed(room, notice)
        case .answer(let peer, let ackID, let event, let answer): self.answer(peer, ackID, event: event, answer)
        case .tell(let peer, let event, let payload): tell(peer, event, payload)
        case .waits(let peer, let room, let isWaiting): waits(peer, in: room, isWaiting)
        case .refusal(let sender, let ackID, let mid, let kind, let refusal):
            peers[sender]?.forget(mid: mid)
            peers[sender]?.refuse(ackID, event: "\(kind.name)", refusal)
        case .signal(let signal, let target, let room, let places):
            Relay.arrived(signal, bag.members(at: places), to: target, in: room, on: self)
        case .receipt(let sender, let ackID, let kind, let outcome): peers[sender]?.receipted(ackID, kind, outcome)
        case .settled(let sender, let settlement): settle(sender, settlement)
        case .list(let asker, let ackID, let cursor, let limit, let scope):
            let rooms = directory.listing(after: cursor, limit: limit, in: scope)
            send(.listed(asker, ackID: ackID, rooms), to: asker.loop)
        case .listed(let asker, let ackID, let rooms): peers[asker]?.listed(ackID, rooms)
        case .call(let mail): calls.received(mail)
        case .user(let mail): users.received(mail)
        }
    }
}
