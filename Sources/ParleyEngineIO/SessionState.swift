// SPDX-License-Identifier: Apache-2.0

/// The life of a session: which transport carries it, how far an upgrade is, what the heartbeat waits for.
///
/// Pure: no clock, no I/O. The session around it owns one deadline and arms it as the actions say.
package struct SessionState: Sendable {
    /// What carries the packets of the session.
    package enum Transport: Sendable { case polling, webSocket }
    enum Upgrade: Sendable { case none, connected, probed }
    enum Heartbeat: Sendable { case untilPing, untilPong }
    enum Phase: Sendable { case open, closed }

    private var phase = Phase.open
    private var upgrade = Upgrade.none
    private var heartbeat = Heartbeat.untilPing
    package private(set) var transport: Transport

    package init(transport: Transport) { self.transport = transport }

    package var isOpen: Bool { phase == .open }
    /// Whether a candidate WebSocket has sent its probe.
    package var isProbed: Bool { upgrade == .probed }

    package enum ReceivedAction: Equatable, Sendable {
        /// Hand the message up.
        case deliver
        /// The pong came: arm the deadline with the ping interval.
        case rearm
        case ignore
        case close(CloseReason)
    }

    /// A packet came on the session's transport (engine.io-protocol v4, "Protocol"; FACTS of the official server).
    package mutating func received(_ type: PacketType) -> ReceivedAction {
        guard phase == .open else { return .ignore }
        switch type {
        case .message:
            return .deliver
        case .pong:
            // An unsolicited pong, or one that was under way while the transport changed, is no fault.
            guard heartbeat == .untilPong else { return .ignore }
            heartbeat = .untilPing
            return .rearm
        case .ping:
            return .close(.transportError)
        case .close:
            return transport == .polling ? .close(.transportClose) : .ignore
        case .open, .upgrade, .noop:
            return .ignore
        }
    }

    package enum DeadlineAction: Equatable, Sendable {
        /// Send a ping and arm the deadline with the ping timeout.
        case ping
        case close(CloseReason)
        case ignore
    }

    /// The armed deadline has passed.
    package mutating func deadlinePassed() -> DeadlineAction {
        guard phase == .open else { return .ignore }
        switch heartbeat {
        case .untilPing:
            heartbeat = .untilPong
            return .ping
        case .untilPong:
            return .close(.pingTimeout)
        }
    }

    /// A second transport asks to carry the session. False: it is to be closed at once.
    package mutating func candidateConnected() -> Bool {
        guard phase == .open, transport == .polling, upgrade == .none else { return false }
        upgrade = .connected
        return true
    }

    package enum CandidateAction: Equatable, Sendable {
        /// Answer `3probe` and release pending polls with noops until the switch.
        case answerProbe
        /// The WebSocket carries the session from here on; arm the deadline with the ping interval.
        case switchTransport
        /// Close the candidate; the session stays on polling.
        case refuse
    }

    /// A packet came on the candidate.
    package mutating func candidateReceived(_ type: PacketType, isProbe: Bool) -> CandidateAction {
        guard phase == .open else { return .refuse }
        switch (upgrade, type) {
        case (.connected, .ping) where isProbe:
            upgrade = .probed
            return .answerProbe
        case (.probed, .upgrade):
            upgrade = .none
            transport = .webSocket
            // A pong may be lost with the old transport: the running deadline is given up, not moved.
            heartbeat = .untilPing
            return .switchTransport
        case (.none, _), (.connected, _), (.probed, _):
            upgrade = .none
            return .refuse
        }
    }

    /// The candidate went away or took too long; the session stays on polling.
    package mutating func candidateClosed() { upgrade = .none }

    /// Ends the session. False when it had ended already.
    package mutating func close() -> Bool {
        guard phase == .open else { return false }
        phase = .closed
        return true
    }
}
