// SPDX-License-Identifier: Apache-2.0
internal import ParleyJSON

/// What a client's ack of a delivery says.
enum RemoteAnswer {
    case taken
    case applied
    case rejected(String?)

    var isApplied: Bool { if case .applied = self { true } else { false } }
    var isRejected: Bool { if case .rejected = self { true } else { false } }

    /// Reads the JSON array of an ack; nil when it is none. An ack says no only by `ok: false`, and a moderator's request
    /// is not done by `done: false` either.
    init?(_ payload: UnsafeRawBufferPointer, _ scan: JSONScan, for kind: SignalKind? = nil) {
        guard scan.scanArray(payload, membersOf: 0) == nil else { return nil }
        self = .taken
        for member in scan.members {
            guard member.value.kind == .bool else { continue }
            let key = payload[member.keyStart + 1..<member.keyEnd - 1]
            let isTrue = payload[member.value.start] == UInt8(ascii: "t")
            if isTrue, key.elementsEqual("applied".utf8) { self = .applied }
            if !isTrue, key.elementsEqual("ok".utf8) || kind == .moderated && key.elementsEqual("done".utf8) {
                let answer = (try? JSON(parsing: payload))?[0]
                let error = answer?["error"]
                self = .rejected(error?["message"]?.stringValue ?? error?.stringValue)
                return
            }
        }
    }
}
