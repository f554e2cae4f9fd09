// SPDX-License-Identifier: Apache-2.0
import NIOCore
import ParleyEngineIO
import ParleyJSON
import Testing

@testable import ParleySignaling

@Suite struct SignalReaderTests {
    static let id = SessionID(loop: 0)

    /// What goes on of a signal, or the code and field of its refusal.
    private func read(_ kind: SignalKind, _ payload: String) -> String {
        let bytes = Array("[\"\(kind.name)\",\(payload)]".utf8)
        let scan = JSONScan()
        return bytes.withUnsafeBytes { raw in
            guard scan.scanArray(raw, membersOf: 1) == nil else { return "no JSON" }
            do throws(Refusal) {
                let signal = try SignalReader(kind, raw, scan, SignalLimits(SignalingConfiguration()))
                let members = signal.members(raw, scan).kept.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
                let to = signal.target.map { $0 == Self.id ? "peer" : "nobody" } ?? "room"
                return "\(to) \(signal.confirmation) \(signal.timeoutMs) \(members)"
            } catch {
                return "\(error.code.rawValue) \(error.field ?? "-")"
            }
        }
    }

    @Test(
        arguments: [
            (.offer, "{\"to\":\"ID\",\"sdp\":\"v\"}", "peer delivered 5000 \"sdp\":\"v\""),
            (.offer, "{\"sdp\":\"v\" , \"x\" : 1.0 ,\"to\":\"ID\"}", "peer delivered 5000 \"sdp\":\"v\" , \"x\" : 1.0"),
            (
                .offer, "{\"target\":\"ID\",\"from\":\"forged\",\"room\":\"r\",\"sdp\":\"v\"}",
                "peer delivered 5000 \"sdp\":\"v\""
            ),
            (
                .offer, "{\"peerId\":\"ID\",\"description\":{\"a\" :1}}",
                "peer delivered 5000 \"description\":{\"a\" :1}"
            ),
            (.answer, "{\"to\":\"x\",\"sdp\":\"v\"}", "nobody delivered 5000 \"sdp\":\"v\""),
            (.candidate, "{\"to\":\"ID\",\"candidate\":null}", "peer none 5000 \"candidate\":null"),
            (.candidate, "{\"to\":\"ID\",\"candidates\":[]}", "peer none 5000 \"candidates\":[]"),
            (
                .candidate, "{\"to\":\"ID\",\"candidate\":\"\",\"confirm\":\"delivered\",\"timeoutMs\":99999}",
                "peer delivered 30000 \"candidate\":\"\",\"confirm\":\"delivered\",\"timeoutMs\":99999"
            ),
            (.hangup, "{\"to\":\"ID\"}", "peer delivered 5000 "),
            (.message, "{\"room\":\"r\",\"data\":[]}", "room delivered 5000 \"data\":[]"),
            (
                .message, "{\"to\":\"ID\",\"target\":\"y\",\"data\":0}",
                "peer delivered 5000 \"target\":\"y\",\"data\":0"
            ),
            (.message, "{\"\\u0074o\":\"ID\",\"fr\\u006fm\":1,\"data\":0}", "peer delivered 5000 \"data\":0"),
            (.signal, "{\"to\":\"ID\",\"data\":{},\"\\ud800\":1}", "peer delivered 5000 \"data\":{},\"\\ud800\":1"),
        ] as [(SignalKind, String, String)])
    func aSoundSignalKeepsItsBytes(_ row: (kind: SignalKind, payload: String, result: String)) {
        #expect(read(row.kind, row.payload.replacing("ID", with: Self.id.description)) == row.result)
    }

    @Test(
        arguments: [
            (.offer, "1", "bad_payload -"), (.offer, "[]", "bad_payload -"), (.offer, "{}", "bad_payload to"),
            (.offer, "{\"to\":1,\"sdp\":\"v\"}", "bad_payload to"), (.offer, "{\"to\":\"x\"}", "bad_payload sdp"),
            (.offer, "{\"to\":\"x\",\"sdp\":1}", "bad_payload sdp"),
            (.description, "{\"to\":\"x\",\"sdp\":\"v\"}", "bad_payload description"),
            (.description, "{\"to\":\"x\",\"description\":\"v\"}", "bad_payload description"),
            (.candidate, "{\"to\":\"x\"}", "bad_payload candidate"),
            (.candidate, "{\"to\":\"x\",\"candidate\":1}", "bad_payload candidate"),
            (.candidate, "{\"to\":\"x\",\"candidates\":{}}", "bad_payload candidates"),
            (.message, "{\"to\":\"x\"}", "bad_payload data"), (.message, "{\"data\":1}", "bad_payload room"),
            (.message, "{\"room\":1,\"data\":1}", "bad_payload room"),
            (.offer, "{\"to\":\"x\",\"to\":\"y\",\"sdp\":\"v\"}", "bad_payload to"),
            (.offer, "{\"to\":\"x\",\"t\\u006f\":\"y\",\"sdp\":\"v\"}", "bad_payload to"),
            (.offer, "{\"to\":\"x\",\"from\":1,\"from\":2,\"sdp\":\"v\"}", "bad_payload from"),
            (.offer, "{\"to\":\"x\",\"sdp\":\"v\",\"confirm\":\"maybe\"}", "bad_payload confirm"),
            (.offer, "{\"to\":\"x\",\"sdp\":\"v\",\"timeoutMs\":0}", "bad_payload timeoutMs"),
            (.offer, "{\"to\":\"x\",\"sdp\":\"v\",\"timeoutMs\":\"1\"}", "bad_payload timeoutMs"),
        ] as [(SignalKind, String, String)])
    func aFaultIsNamed(_ row: (kind: SignalKind, payload: String, result: String)) {
        #expect(read(row.kind, row.payload) == row.result)
    }

    @Test func whatIsTooLargeIsSaidToBe() {
        let sdp = String(repeating: "a", count: 65_537)
        #expect(read(.offer, "{\"to\":\"x\",\"sdp\":\"\(sdp)\"}") == "too_large sdp")
        let candidate = String(repeating: "a", count: 2049)
        #expect(read(.candidate, "{\"to\":\"x\",\"candidate\":\"\(candidate)\"}") == "too_large candidate")
    }
}
