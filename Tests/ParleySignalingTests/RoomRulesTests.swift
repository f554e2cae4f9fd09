// SPDX-License-Identifier: Apache-2.0
import NIOCore
import ParleyEngineIO
import ParleyJSON
import ParleyTLS
import Testing

@testable import ParleySignaling

@Suite struct RoomRulesTests {
    private var room = RoomState(name: RoomName("r"), settings: RoomSettings(capacity: 3), createdAt: 0)
    private let now = NIODeadline.uptimeNanoseconds(0)
    private let visitors = (0..<6).map { Visitor(id: SessionID(loop: 0), user: "user\($0)", address: "192.0.2.\($0)") }

    private func code(_ admission: RoomState.Admission) -> ErrorCode? {
        if case .refused(let refusal) = admission { refusal.code } else { nil }
    }

    private mutating func fill(_ count: Int) -> [Member] { visitors.prefix(count).map { room.add($0) } }

    @Test mutating func theLongestPresentInheritsTheRoom() {
        let members = fill(3)
        #expect(room.leave(members[1].id)?.successor == nil)
        let departure = room.leave(members[0].id)
        #expect(departure?.successor?.id == members[2].id && room[members[2].id]?.role == .owner)
        #expect(room.leave(members[2].id)?.successor == nil && room.leave(members[2].id) == nil)
    }

    @Test mutating func aRoomWithTwoOwnersNeedsNoHeir() {
        let members = fill(3)
        room[members[2].id]?.role = .owner
        #expect(room.leave(members[0].id)?.successor == nil)
    }

    @Test mutating func theOwnerIsOverAllAndModeratorsOverMembers() throws {
        let members = fill(3)
        room[members[1].id]?.role = .moderator
        let (owner, moderator, member) = try (
            #require(room[members[0].id]), #require(room[members[1].id]), #require(room[members[2].id])
        )
        #expect(room.may(owner, actOn: moderator) && room.may(owner, actOn: member))
        #expect(room.may(moderator, actOn: member) && !room.may(moderator, actOn: owner))
        #expect(!room.may(member, actOn: owner) && !room.may(member, actOn: member) && !room.may(owner, actOn: owner))
    }

    @Test mutating func aLockedRoomLetsNobodyInUntilItIsEmpty() {
        let members = fill(1)
        room.settings.isLocked = true
        #expect(code(room.join(visitors[1], at: now)) == .roomLocked)
        _ = room.leave(members[0].id)
        #expect(code(room.join(visitors[1], at: now)) == nil)
    }

    @Test mutating func theLobbyKeepsItsOrderAndAdmitsWhileThereAreSeats() {
        room.settings.hasLobby = true
        #expect(code(room.join(visitors[0], at: now)) == nil && room.members.count == 1)
        for index in 1...3 {
            guard case .waits(index) = room.join(visitors[index], at: now) else {
                Issue.record("not waiting")
                return
            }
        }
        guard case .waits(2) = room.join(visitors[2], at: now) else {
            Issue.record("asked twice")
            return
        }
        #expect(room.admit(visitors[2].id)?.order == 2 && room.lobby.position(of: visitors[3].id) == 2)
        #expect(room.admit(visitors[2].id) == nil, "it waits no more")
        #expect(room.admit(visitors[1].id) != nil && room.admit(visitors[3].id) == nil, "there is no seat")
    }

    @Test mutating func aPasswordIsComparedOutsideAndOnlyThePresentOneCounts() throws {
        let (old, new) = try (#require(PasswordHash("old")), #require(PasswordHash("new")))
        room.settings.password = new
        #expect(code(room.join(visitors[0], at: now)) == .roomPassword)
        #expect(code(room.join(visitors[0], .matched(old), at: now)) == .roomPassword)
        guard case .checks("new", new) = room.join(visitors[0], .password("new"), at: now) else {
            Issue.record("not checked")
            return
        }
        #expect(new.matches("new") && !new.matches("old") && !new.matches(""))
        #expect(code(room.join(visitors[0], .matched(new), at: now)) == nil)
    }

    @Test mutating func passwordsAreCountedBeforeTheyAreCompared() {
        room.settings.password = PasswordHash("x")
        for _ in 0..<5 { #expect(code(room.join(visitors[0], .password("y"), at: now)) == nil) }
        guard case .refused(let refusal) = room.join(visitors[0], .password("x"), at: now) else {
            Issue.record("not slowed down")
            return
        }
        #expect(refusal.code == .rateLimited && refusal.retryAfterMs == 60_001)
        #expect(code(room.join(visitors[1], .password("y"), at: now)) == nil, "another address is not concerned")
        #expect(code(room.join(visitors[0], .password("x"), at: now + .seconds(60))) == nil)
    }

    @Test mutating func bansHoldByUserPeerAndAddressUntilTheirEnd() {
        let members = fill(3)
        room.bans.add(members[0], by: nil, until: .distantFuture)
        room.bans.add(members[1], by: [.address], until: now + .seconds(5))
        let sameUser = Visitor(id: SessionID(loop: 0), user: "user0", address: "198.51.100.1")
        let sameAddress = Visitor(id: SessionID(loop: 0), user: "other", address: "192.0.2.1")
        #expect(code(room.join(sameUser, at: now)) == .banned && code(room.join(sameAddress, at: now)) == .banned)
        _ = room.leave(members[2].id)
        #expect(code(room.join(sameAddress, at: now + .seconds(5))) == nil)
        #expect(room.bans.lift(user: "user0", peer: nil, address: nil) == true)
        #expect(room.bans.lift(user: "user0", peer: nil, address: nil) == false)
        _ = room.leave(members[1].id)
        #expect(code(room.join(sameUser, at: now)) == nil)
    }

    @Test mutating func aBanOfALocalPeerWithoutUserHoldsForItAlone() {
        let local = Visitor(id: SessionID(loop: 0), address: "127.0.0.1")
        room.bans.add(room.add(local), by: nil, until: .distantFuture)
        _ = room.leave(local.id)
        #expect(code(room.join(local, at: now)) == .banned)
        #expect(code(room.join(Visitor(id: SessionID(loop: 0), address: "127.0.0.1"), at: now)) == nil)
    }
}
