// SPDX-License-Identifier: Apache-2.0
internal import NIOCore
internal import ParleyEngineIO
internal import ParleyJSON
internal import ParleySocketIO

/// What the home of a call is told.
enum CallMail: Sendable {
    /// The callee's devices that are here.
    case found(SessionID, [SessionID], isBusy: Bool)
    /// One of those concerned does something.
    case request(SessionID, CallRequest)
    /// A party has left the call's room.
    case left(SessionID, by: SessionID, reason: String)
    /// Its room is closed, by somebody who runs the server if the call is not over yet.
    case closed(SessionID)

    var call: SessionID {
        switch self {
        case .found(let call, _, _), .request(let call, _), .left(let call, _, _), .closed(let call): call
        }
    }
}

struct CallRequest: Sendable {
    enum Action: String, Sendable {
        case accept = "call:accept"
        case decline = "call:decline"
        case cancel = "call:cancel"
        case end = "call:end"
    }

    var action: Action
    var visitor: Visitor
    var ackID: Int?
    var reason: String?
}

/// The calls whose home is one loop: those that its peers have begun. Confined to its loop.
final class CallDesk {
    /// Calls that one peer may have at a time.
    private static let maxCallsPerPeer = 16

    private struct Call {
        var state: CallState
        var caller: Visitor
        /// The user or peer that is called, as the caller named it.
        var to: String
        var callee: Visitor?
        /// The caller's ack of `call`, until it is answered.
        var ackID: Int?
        var incoming: JSON
        var timeoutMs: Int
        var timeout: Scheduled<Void>?
        /// The private room, once it is accepted. Unlike the call's id, nobody else knows its name before.
        var room: RoomName?
    }

    private unowned let loop: SignalingLoop
    private var calls: [SessionID: Call] = [:]
    private var byCaller: [SessionID: Set<SessionID>] = [:]

    init(_ loop: SignalingLoop) { self.loop = loop }

    // MARK: Requests of this loop's peers

    func call(_ payload: Payload, from peer: Peer, _ ackID: Int?) throws(Refusal) {
        guard let to = try payload.string("to", limit: 128), !to.isEmpty else { throw payload.refusal("to") }
        let limit = loop.configuration.maxMetadataBytes
        guard byCaller[peer.id]?.count ?? 0 < Self.maxCallsPerPeer else {
            throw Refusal(.rateLimited, message: "A peer can have \(Self.maxCallsPerPeer) calls at a time.")
        }
        let media = payload["media"]
        guard media.map({ $0.text.utf8.count <= limit }) ?? true else { throw payload.refusal("media", .tooLarge) }
        let timeoutMs = try payload.int("timeoutMs", in: 1_000...120_000) ?? 30_000
        let id = SessionID(loop: loop.index)
        var incoming: JSON = ["callId": .string(id.description), "from": .string(peer.id.description)]
        incoming.set("user", peer.user.map(JSON.string))
        incoming.set("name", peer.name.map(JSON.string))
        incoming.set("media", media)
        incoming.set("metadata", try payload.metadata("metadata", limit: limit))
        calls[id] = Call(
            state: CallState(id: id, caller: peer.id), caller: peer.visitor, to: to, ackID: ackID, incoming: incoming,
            timeoutMs: timeoutMs)
        byCaller[peer.id, default: []].insert(id)
        let target = SessionID(to).flatMap { $0.loop < loop.count ? CallParty.peer($0) : nil } ?? .user(to)
        loop.tell(loop.home(of: target), .find(target, call: id))
    }

    func request(_ event: String, _ payload: Payload, from peer: Peer, _ ackID: Int?) throws(Refusal) {
        guard let action = CallRequest.Action(rawValue: event) else { throw Refusal(.unknownEvent) }
        guard let text = try payload.string("callId") else { throw payload.refusal("callId") }
        let reason = try payload.string("reason", limit: 500)
        guard let id = SessionID(text), id.loop < loop.count else { throw Refusal(.callState, field: "callId") }
        let request = CallRequest(action: action, visitor: peer.visitor, ackID: ackID, reason: reason)
        loop.tell(.request(id, request))
    }

    /// A peer of this loop is gone: nobody waits for an answer to its calls.
    func released(_ peer: SessionID) {
        for id in byCaller[peer] ?? [] {
            guard var call = calls[id], let news = call.state.cancel(by: peer, "disconnected") else { continue }
            tell(news)
            missed(call, "disconnected")
        }
    }

    // MARK: The calls of this home

    func received(_ mail: CallMail) {
        switch mail {
        case .found(let id, let devices, let isBusy): found(id, devices, isBusy)
        case .request(let id, let request):
            guard handle(id, request) else {
                return loop.answer(
                    request.visitor.id, request.ackID, event: request.action.rawValue, .failure(Refusal(.callState)))
            }
        case .left(let id, let peer, let reason):
            guard var call = calls[id], let news = call.state.end(by: peer, reason) else { return }
            end(call, news)
        case .closed(let id):
            guard var call = calls[id], let news = call.state.close(LeaveReason.roomClosed.rawValue) else { return }
            end(call, news)
        }
    }

    private func found(_ id: SessionID, _ devices: [SessionID], _ isBusy: Bool) {
        guard var call = calls[id], call.state.phase == .looking else { return }
        let devices = devices.filter { $0 != call.caller.id }
        var answer: JSON = ["ok": true, "callId": .string(id.description)]
        guard !isBusy, !devices.isEmpty else {
            answer.set("status", isBusy ? "busy" : "unreachable")
            answer.set("ringing", 0)
            missed(call, isBusy ? "busy" : "unreachable")
            return loop.answer(call.caller.id, call.ackID, event: "call", .success(answer))
        }
        let expiresAt = JSON.int(WallClock.milliseconds + Int64(call.timeoutMs))
        call.incoming.set("expiresAt", expiresAt)
        let news = call.state.ring(devices, call.incoming)
        call.timeout = loop.eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(Int64(call.timeoutMs))) {
            [unowned self] in
            guard var call = calls[id] else { return }
            tell(call.state.timeOut())
            missed(call, "timeout")
        }
        calls[id] = call
        answer.set("status", "ringing")
        answer.set("ringing", .int(Int64(devices.count)))
        answer.set("expiresAt", expiresAt)
        loop.answer(call.caller.id, call.ackID, event: "call", .success(answer))
        tell(news)
    }

    /// False when the call is in no state for it.
    private func handle(_ id: SessionID, _ request: CallRequest) -> Bool {
        guard var call = calls[id] else { return false }
        let by = request.visitor.id
        switch request.action {
        case .accept:
            guard let news = call.state.accept(by: by) else { return false }
            accept(call, request, news)
            // Its ack comes with the room.
            return true
        case .decline:
            guard let news = call.state.decline(by: by, request.reason) else { return false }
            tell(news)
            missed(call, "declined")
        case .cancel:
            guard let news = call.state.cancel(by: by, request.reason) else { return false }
            tell(news)
            missed(call, "cancelled")
        case .end:
            guard let news = call.state.end(by: by, request.reason) else { return false }
            end(call, news)
        }
        loop.answer(by, request.ackID, event: request.action.rawValue, .success(["ok": true]))
        return true
    }

    private func accept(_ call: Call, _ request: CallRequest, _ news: CallState.News) {
        var call = call
        call.callee = request.visitor
        let room = RoomName("call:\(SessionID(loop: loop.index))")
        call.room = room
        call.timeout?.cancel()
        calls[call.state.id] = call
        tell(news)
        for party in parties(of: call) { loop.tell(loop.home(of: party), .engaged(party, call: call.state.id)) }
        let opening = CallOpening(
            call: call.state.id, to: call.to, caller: call.caller, callee: request.visitor, ackID: request.ackID)
        loop.act(RoomAct(room: room, peer: request.visitor.id, ackID: request.ackID, kind: .open(opening)))
    }

    private func end(_ call: Call, _ news: CallState.News) {
        tell(news)
        if let room = call.room {
            loop.act(RoomAct(room: room, peer: call.caller.id, kind: .close(reason: "call_ended")))
        }
        for party in parties(of: call) { loop.tell(loop.home(of: party), .free(party, call: call.state.id)) }
        finish(call)
    }

    /// It ended before anybody took it.
    private func missed(_ call: Call, _ reason: String) {
        loop.record(.callMissed, of: call.caller.id) {
            var data: JSON = ["callId": .string(call.state.id.description), "to": .string(call.to)]
            data.set("user", call.caller.user.map(JSON.string))
            data.set("reason", .string(reason))
            return data
        }
        finish(call)
    }

    private func parties(of call: Call) -> [CallParty] {
        [call.caller, call.callee].compactMap { $0 }.flatMap { visitor in
            [.peer(visitor.id)] + (visitor.user.map { [.user($0)] } ?? [])
        }
    }

    private func finish(_ call: Call) {
        call.timeout?.cancel()
        calls[call.state.id] = nil
        byCaller[call.caller.id]?.remove(call.state.id)
        if byCaller[call.caller.id]?.isEmpty == true { byCaller[call.caller.id] = nil }
    }

    private func tell(_ news: CallState.News) {
        for (peer, event, payload) in news { loop.tell(peer, event, payload) }
    }
}
