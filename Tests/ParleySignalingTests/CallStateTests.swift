// SPDX-License-Identifier: Apache-2.0
import ParleyEngineIO
import ParleyJSON
import Testing

@testable import ParleySignaling

@Suite struct CallStateTests {
    private let caller = SessionID(loop: 0)
    private let devices = (0..<3).map { _ in SessionID(loop: 0) }
    private var call: CallState

    init() {
        call = CallState(id: SessionID(loop: 0), caller: caller)
        _ = call.ring(devices, ["callId": "x"])
    }

    private func events(_ news: CallState.News?) -> [String] { (news ?? []).map { "\($0.event)" } }

    @Test func allDevicesRingOnce() {
        var call = CallState(id: SessionID(loop: 0), caller: caller)
        let news = call.ring(devices, ["callId": "x"])
        #expect(news.map(\.peer) == devices && events(news) == Array(repeating: "call:incoming", count: 3))
        #expect(call.ring(devices, [:]).isEmpty && call.phase == .ringing)
    }

    @Test mutating func theFirstAcceptWins() {
        let news = call.accept(by: devices[1])
        #expect(news?.map(\.peer) == [devices[0], devices[2]] && news?.first?.payload["action"] == "accepted")
        #expect(call.accept(by: devices[0]) == nil && call.decline(by: devices[0], nil) == nil)
        #expect(call.cancel(by: caller, nil) == nil && call.timeOut().isEmpty)
        #expect(call.parties == [caller, devices[1]])
    }

    @Test mutating func oneDeviceDeclinesForAll() {
        let news = call.decline(by: devices[0], "busy")
        #expect(events(news) == ["call:declined", "call:elsewhere", "call:elsewhere"])
        #expect(news?.first?.peer == caller && news?.first?.payload["reason"] == "busy")
        #expect(call.phase == .over && call.accept(by: devices[1]) == nil)
    }

    @Test mutating func onlyTheCallerCancels() {
        #expect(call.cancel(by: devices[0], nil) == nil)
        #expect(events(call.cancel(by: caller, nil)) == Array(repeating: "call:cancelled", count: 3))
        #expect(call.accept(by: devices[0]) == nil)
    }

    @Test mutating func everybodyHearsOfATimeout() {
        #expect(call.timeOut().map(\.peer) == [caller] + devices)
        #expect(call.timeOut().isEmpty)
    }

    @Test mutating func aPartyEndsAnAcceptedCallAndNobodyElse() {
        #expect(call.end(by: caller, nil) == nil, "it is not accepted")
        _ = call.accept(by: devices[0])
        #expect(call.end(by: devices[1], nil) == nil)
        let news = call.end(by: devices[0], "left")
        #expect(news?.map(\.peer) == [caller, devices[0]])
        #expect(news?.first?.payload["by"] == .string(devices[0].description))
        #expect(call.end(by: caller, nil) == nil)
    }

    @Test mutating func whoeverRunsTheServerEndsAnAcceptedCallInNobodysName() {
        #expect(call.close("room_closed") == nil && call.phase == .ringing)
        _ = call.accept(by: devices[1])
        let news = call.close("room_closed")
        #expect(news?.map(\.peer) == [caller, devices[1]] && events(news) == ["call:ended", "call:ended"])
        #expect(news?.first?.payload["by"] == nil && news?.first?.payload["reason"] == "room_closed")
        #expect(call.close("room_closed") == nil && call.end(by: caller, nil) == nil)
    }

    @Test mutating func strangersHaveNoPartInACall() {
        let stranger = SessionID(loop: 0)
        #expect(call.accept(by: stranger) == nil && call.decline(by: stranger, nil) == nil)
        #expect(call.cancel(by: stranger, nil) == nil && call.end(by: stranger, nil) == nil)
        #expect(call.accept(by: caller) == nil)
    }
}
