// SPDX-License-Identifier: Apache-2.0
import NIOCore
import ParleyEngineIO
import ParleyJSON
import Testing

@testable import ParleySignaling

@Suite struct RoomStateTests {
    private var room = RoomState(name: RoomName("r"), settings: RoomSettings(capacity: 3), createdAt: 0)
    private let ids = (0..<5).map { _ in SessionID(loop: 0) }

    private let now = NIODeadline.uptimeNanoseconds(0)

    private func joined(_ action: RoomState.Admission) -> Member? {
        if case .joined(let member) = action { member } else { nil }
    }

    private func refused(_ action: RoomState.Admission) -> ErrorCode? {
        if case .refused(let refusal) = action { refusal.code } else { nil }
    }

    @Test mutating func theFirstIsOwnerAndNobodyGetsInTwiceOrBeyondTheCapacity() {
        #expect(joined(room.join(Visitor(id: ids[0], name: "Ada", metadata: [:]), at: now))?.role == .owner)
        #expect(joined(room.join(Visitor(id: ids[1], name: nil, metadata: [:]), at: now))?.role == .member)
        #expect(refused(room.join(Visitor(id: ids[1], name: nil, metadata: [:]), at: now)) == .alreadyJoined)
        #expect(joined(room.join(Visitor(id: ids[2], name: nil, metadata: [:]), at: now)) != nil)
        #expect(refused(room.join(Visitor(id: ids[3], name: nil, metadata: [:]), at: now)) == .roomFull)
        #expect(room.leave(ids[1]) != nil && room.leave(ids[1]) == nil)
        #expect(joined(room.join(Visitor(id: ids[3], name: nil, metadata: [:]), at: now)) != nil)
        #expect(room.members.map(\.id) == [ids[0], ids[2], ids[3]])
    }

    @Test mutating func aGrantToModerateComesAndGoesAndARoleFromTheOwnerStays() throws {
        func role(_ id: SessionID) -> Member.Role? { room[id]?.role }
        for (index, id) in ids.prefix(3).enumerated() {
            _ = room.join(Visitor(id: id, metadata: [:], moderates: index == 1), at: now)
        }
        #expect(ids.prefix(3).map(role) == [.owner, .moderator, .member])
        #expect(room.regrant(ids[0], moderates: true) == nil && room.regrant(ids[0], moderates: false) == nil)
        #expect(room.regrant(ids[1], moderates: true) == nil)
        #expect(room.regrant(ids[1], moderates: false)?.role == .member && role(ids[1]) == .member)
        #expect(room.regrant(ids[2], moderates: true)?.role == .moderator && role(ids[2]) == .moderator)
        #expect(room.regrant(ids[4], moderates: true) == nil)
        room[ids[2]]?.appoint(.moderator)
        #expect(room.regrant(ids[2], moderates: false) == nil && role(ids[2]) == .moderator)
    }

    @Test mutating func ofEachPairTheLaterJoinerInitiatesAndIsPolite() throws {
        let first = try #require(joined(room.join(Visitor(id: ids[0], name: "Ada", metadata: ["a": 1]), at: now)))
        let second = try #require(joined(room.join(Visitor(id: ids[1], name: nil, metadata: [:]), at: now)))
        let atSecond = JSON.object { first.write(into: &$0, asSeenBy: second) }
        let atFirst = JSON.object { second.write(into: &$0, asSeenBy: first) }
        #expect(atSecond["initiator"] == true && atSecond["polite"] == true)
        #expect(atFirst["initiator"] == false && atFirst["polite"] == false)
        #expect(atSecond["name"] == "Ada" && atSecond["metadata"] == ["a": 1] && atFirst["name"] == nil)
    }

    @Test func aRoomsHomeIsTheSameForEverybody() {
        for name in ["a", "room", "ünï", ""].map(RoomName.init) {
            #expect(RoomDirectory.home(of: name, loops: 1) == 0)
            #expect(RoomDirectory.home(of: name, loops: 4) == RoomDirectory.home(of: name, loops: 4))
            #expect((0..<4).contains(RoomDirectory.home(of: name, loops: 4)))
        }
        let homes = Set((0..<100).map { RoomDirectory.home(of: RoomName("room \($0)"), loops: 4) })
        #expect(homes.count == 4)
    }

    @Test func twoSpellingsOfOneTextAreTwoRooms() {
        let (composed, decomposed) = ("\u{F1}", "n\u{303}")
        #expect(composed == decomposed)
        #expect(RoomName(composed) != RoomName(decomposed))
        #expect(Set([RoomName(composed), RoomName(decomposed)]).count == 2)
    }

    @Test func everyCodeHasItsOwnWords() {
        #expect(Set(ErrorCode.allCases.map(\.message)).count == ErrorCode.allCases.count)
        #expect(
            ErrorCode.allCases.filter(\.isRetryable).map(\.rawValue).sorted() == [
                "ack_timeout", "draining", "internal", "queue_full", "rate_limited", "room_full", "room_locked",
                "server_full",
            ])
    }
}
