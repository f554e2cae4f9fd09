// SPDX-License-Identifier: Apache-2.0
import NIOCore
import ParleyEngineIO
import Testing

@testable import ParleySocketIO

@Suite struct RecoveryTests {
    private let log = RecoveryLog(RecoveryConfiguration())
    private let session = RecoverableSession(
        sid: SessionID(loop: 0), pid: SessionID(loop: 0), rooms: ["a"], data: ["name": "Ada"])

    /// Sends an event and returns the offset that went with it.
    private func record(_ name: String, rooms: Set<String> = [], except: Set<String> = []) -> String {
        let options = BroadcastOptions(rooms: rooms, except: except)
        let packet = log.record(name, [], options, namespace: "/")
        return (try? JSON(parsing: String(String(buffer: packet.text).dropFirst())))?[1]?.stringValue ?? ""
    }

    private func names(_ restored: RestoredSession?) -> [String]? {
        restored?.missed.compactMap {
            (try? JSON(parsing: String(String(buffer: $0.text).dropFirst())))?[0]?.stringValue
        }
    }

    @Test func whatWasMissedComesInItsOrder() {
        let seen = record("seen")
        _ = record("all")
        _ = record("room", rooms: ["a", "z"])
        _ = record("own", rooms: [session.sid.description])
        _ = record("elsewhere", rooms: ["z"])
        _ = record("excepted", except: ["a"])
        log.keep(session)
        let restored = log.restore(pid: session.pid.description, offset: seen)
        #expect(names(restored) == ["all", "room", "own"])
        #expect(restored?.session.rooms == ["a"] && restored?.session.data == ["name": "Ada"])
    }

    @Test func aSessionIsRestoredOnce() {
        let seen = record("seen")
        log.keep(session)
        #expect(log.restore(pid: session.pid.description, offset: seen) != nil)
        #expect(log.restore(pid: session.pid.description, offset: seen) == nil)
    }

    @Test func unknownPidsAndOffsetsRestoreNothing() {
        let seen = record("seen")
        log.keep(session)
        for offset in ["", "x", seen + "1", String(seen.dropLast()) + "-1", "AAAAAA0"] {
            #expect(log.restore(pid: session.pid.description, offset: offset) == nil)
        }
        #expect(log.restore(pid: SessionID(loop: 0).description, offset: seen) == nil)
        #expect(log.restore(pid: session.pid.description, offset: seen) != nil, "a wrong offset does not use it up")
    }

    @Test func theLogIsBounded() {
        var configuration = RecoveryConfiguration()
        configuration.maxLogBytes = 500
        let small = RecoveryLog(configuration)
        let first = small.record("first", [], BroadcastOptions(), namespace: "/")
        let offset = (try? JSON(parsing: String(String(buffer: first.text).dropFirst())))?[1]?.stringValue ?? ""
        for _ in 0..<100 { _ = small.record("next", [], BroadcastOptions(), namespace: "/") }
        small.keep(session)
        #expect(
            small.restore(pid: session.pid.description, offset: offset) == nil, "what it has missed is no longer known")
    }
}
