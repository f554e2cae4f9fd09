// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import ParleyEngineIO

@Suite struct SessionStateTests {
    private static let all: [PacketType] = [.open, .close, .ping, .pong, .message, .upgrade, .noop]

    /// What each packet does to an open session that waits for no pong.
    private static let quiet: [(SessionState.Transport, PacketType, SessionState.ReceivedAction)] = [
        (.polling, .open, .ignore), (.polling, .close, .close(.transportClose)),
        (.polling, .ping, .close(.transportError)),
        (.polling, .pong, .ignore), (.polling, .message, .deliver), (.polling, .upgrade, .ignore),
        (.polling, .noop, .ignore),
        (.webSocket, .open, .ignore), (.webSocket, .close, .ignore), (.webSocket, .ping, .close(.transportError)),
        (.webSocket, .pong, .ignore), (.webSocket, .message, .deliver), (.webSocket, .upgrade, .ignore),
        (.webSocket, .noop, .ignore),
    ]

    @Test(arguments: quiet)
    func aPacketDoesWhatTheProtocolSays(
        _ row: (transport: SessionState.Transport, type: PacketType, action: SessionState.ReceivedAction)
    ) {
        var state = SessionState(transport: row.transport)
        #expect(state.received(row.type) == row.action)
    }

    @Test func theTableHasEveryCell() {
        #expect(Self.quiet.count == 2 * Self.all.count)
    }

    @Test func aPongIsTakenOnceForEachPing() {
        var state = SessionState(transport: .polling)
        #expect(state.deadlinePassed() == .ping)
        #expect(state.received(.pong) == .rearm)
        #expect(state.received(.pong) == .ignore)
    }

    @Test func aMissingPongEndsTheSession() {
        var state = SessionState(transport: .webSocket)
        #expect(state.deadlinePassed() == .ping)
        #expect(state.deadlinePassed() == .close(.pingTimeout))
    }

    @Test func aClosedSessionDoesNothingMore() {
        for type in Self.all {
            var state = SessionState(transport: .polling)
            #expect(state.close() == true)
            #expect(state.close() == false)
            #expect(state.received(type) == .ignore)
            #expect(state.deadlinePassed() == .ignore)
            #expect(state.candidateConnected() == false)
            #expect(state.candidateReceived(type, isProbe: true) == .refuse)
        }
    }

    @Test func anUpgradeTakesAProbeAndAnUpgradePacket() {
        var state = SessionState(transport: .polling)
        #expect(state.candidateConnected() == true)
        #expect(state.candidateConnected() == false)
        #expect(state.candidateReceived(.ping, isProbe: true) == .answerProbe)
        #expect(state.isProbed)
        #expect(state.candidateReceived(.upgrade, isProbe: false) == .switchTransport)
        #expect(state.transport == .webSocket)
        #expect(state.candidateConnected() == false)
    }

    @Test(arguments: all)
    func aCandidateThatBeginsOtherwiseIsRefused(_ type: PacketType) {
        var state = SessionState(transport: .polling)
        #expect(state.candidateConnected() == true)
        #expect(state.candidateReceived(type, isProbe: false) == .refuse)
        #expect(state.transport == .polling && state.isOpen)
        #expect(state.candidateConnected() == true, "another candidate may try")
    }

    @Test(arguments: all.filter { $0 != .upgrade })
    func aProbedCandidateMustUpgrade(_ type: PacketType) {
        var state = SessionState(transport: .polling)
        #expect(state.candidateConnected() == true)
        _ = state.candidateReceived(.ping, isProbe: true)
        #expect(state.candidateReceived(type, isProbe: true) == .refuse)
        #expect(!state.isProbed)
    }

    @Test func theSwitchGivesUpTheRunningPongDeadline() {
        var state = SessionState(transport: .polling)
        #expect(state.deadlinePassed() == .ping)
        #expect(state.candidateConnected() == true)
        _ = state.candidateReceived(.ping, isProbe: true)
        _ = state.candidateReceived(.upgrade, isProbe: false)
        #expect(state.deadlinePassed() == .ping, "the next deadline is a ping, not the end")
    }
}
