// SPDX-License-Identifier: Apache-2.0
internal import ParleyJSON

/// What a signal of each kind must hold, and how large it may be.
struct SignalContent {
    var sdp: JSONScan.Element?
    var description: JSONScan.Element?
    var candidate: JSONScan.Element?
    var candidates: JSONScan.Element?
    var data: JSONScan.Element?

    func check(_ kind: SignalKind, _ limits: SignalLimits) throws(Refusal) {
        switch kind {
        case .offer, .answer, .description:
            let field = kind == .description || description != nil ? "description" : "sdp"
            let text = sdp.flatMap { $0.kind == .string || $0.kind == .object ? $0 : nil }
            let object = description.flatMap { $0.kind == .object ? $0 : nil }
            guard let value = object ?? (kind == .description ? nil : text) else {
                throw Refusal(.badPayload, field: field)
            }
            guard value.end - value.start <= limits.maxDescriptionBytes else {
                throw Refusal(.tooLarge, field: field)
            }
        case .candidate:
            if let candidates {
                guard candidates.kind == .array else { throw Refusal(.badPayload, field: "candidates") }
                guard candidates.end - candidates.start <= limits.maxCandidateBytes * 32 else {
                    throw Refusal(.tooLarge, field: "candidates")
                }
            } else {
                guard let candidate,
                    candidate.kind == .object || candidate.kind == .null || candidate.kind == .string
                else { throw Refusal(.badPayload, field: "candidate") }
                guard candidate.end - candidate.start <= limits.maxCandidateBytes else {
                    throw Refusal(.tooLarge, field: "candidate")
                }
            }
        case .signal, .message:
            guard data != nil else { throw Refusal(.badPayload, field: "data") }
        case .renegotiate, .hangup, .broadcast, .moderated:
            break
        }
    }
}
