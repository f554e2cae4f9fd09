// SPDX-License-Identifier: Apache-2.0
import NIOCore
import ParleyEngineIO
import ParleyJSON
import Testing

@testable import ParleySignaling

@Suite struct ReceiptTests {
    private let view = RoomView(name: RoomName("r"))

    private func receipt(_ deadline: UInt64) -> Receipt {
        Receipt(
            sender: SessionID(loop: 0), senderAckID: Int(deadline), room: view, kind: .offer, isOffer: true,
            confirmation: .delivered, timeoutMs: 5, sentAt: .uptimeNanoseconds(0),
            deadline: .uptimeNanoseconds(deadline))
    }

    @Test func aReceiptIsClosedOnceAndByNoIDButItsOwn() {
        var table = ReceiptTable()
        let ids = (1...3).map { table.open(receipt($0)) }
        table.setNumber(7, of: ids[1])
        #expect(table.kind(of: ids[1]) == .offer)
        let closed = table.close(ids[1])
        #expect(closed?.senderAckID == 2 && closed?.number == 7)
        #expect(table.close(ids[1]) == nil && table.close(99) == nil && table.close(-1) == nil)
        #expect(table.count == 2)
        let next = table.open(receipt(4))
        #expect(next != ids[1] && next % ReceiptTable.maxCount == ids[1], "the slot is used again, the id is not")
        #expect(table.close(ids[1]) == nil && table.kind(of: ids[1]) == nil)
        #expect(table.close(next)?.senderAckID == 4)
    }

    @Test func overdueReceiptsAreTakenOutAndTheOthersStay() {
        var table = ReceiptTable()
        for deadline in [5, 20, 10] as [UInt64] { _ = table.open(receipt(deadline)) }
        #expect(table.close(where: { $0.deadline <= .uptimeNanoseconds(10) }).map(\.senderAckID).sorted() == [5, 10])
        #expect(table.count == 1)
        #expect(table.close(where: { _ in true }).map(\.senderAckID) == [20])
        #expect(table.count == 0)
    }

    @Test func aRoomReceiptIsCompleteWhenEverybodyIsAccountedFor() {
        let (first, second) = (SessionID(loop: 0), SessionID(loop: 0))
        var room = RoomReceipt(.message(mid: "m"))
        room.add(ReceiptOutcome(second, .delivered(tookMs: 1)))
        #expect(room.answer == nil, "the room has not said whom it is for")
        room.expect([first, second])
        #expect(room.answer == nil)
        room.add(ReceiptOutcome(first, .failed(.peerLeft)))
        #expect(room.answer?["status"] == "partial")
        #expect(room.answer?["delivered"] == [.string(second.description)])
        #expect(room.answer?["failed"] == [["peerId": .string(first.description), "code": "peer_left"]])
    }

    @Test func aMessageToNobodyElseIsDeliveredAtOnce() {
        var room = RoomReceipt(.message(mid: "m"))
        room.expect([])
        #expect(room.answer?["status"] == "delivered" && room.answer?["delivered"] == [])
    }

    @Test(arguments: [
        ("[]", "taken"), ("[null]", "taken"), ("[{\"ok\":true}]", "taken"), ("[{\"applied\":true}]", "applied"),
        ("[{\"applied\":false}]", "taken"), ("[{\"ok\":false}]", "rejected -"),
        ("[{\"ok\":false,\"error\":{\"message\":\"no\"}}]", "rejected no"),
        ("[{\"ok\":false,\"error\":\"no\"}]", "rejected no"),
        ("[{\"applied\":true,\"ok\":false}]", "rejected -"), ("{}", "none"), ("[", "none"),
    ])
    func anAnswerOfTheRemoteClientIsRead(_ row: (payload: String, answer: String)) {
        let scan = JSONScan()
        let bytes = Array(row.payload.utf8)
        let answer = bytes.withUnsafeBytes { RemoteAnswer($0, scan) }
        let text =
            switch answer {
            case nil: "none"
            case .taken: "taken"
            case .applied: "applied"
            case .rejected(let message): "rejected \(message ?? "-")"
            }
        #expect(text == row.answer)
    }
}
