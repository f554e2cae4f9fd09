// SPDX-License-Identifier: Apache-2.0
internal import NIOCore
internal import ParleyEngineIO
internal import ParleyJSON

/// A signal as it was read: where it shall go, and which bytes of it go there.
struct SignalReader {
    /// Members that this server reads or replaces.
    private enum Key: Int {
        case to, target, peerId, from, room, sdp, description, candidate, candidates, data, confirm, timeoutMs, mid
    }

    /// Whether it is for one peer, and for which; nil inside when what was written can be no peer's id.
    private(set) var target: SessionID??
    /// The named room, as JSON.
    private(set) var room: Range<Int>?
    private(set) var confirmation: Confirmation
    private(set) var timeoutMs: Int
    /// The sender's name for the signal, as JSON.
    private(set) var mid: Range<Int>?
    /// Whether a newer one makes it void as long as it is not delivered.
    private(set) var isOffer: Bool
    private var skipped: (first: Int, second: Int, third: Int) = (-1, -1, -1)

    /// Reads the payload of a signal. `scan` holds the packet's survey, with the members of its second element.
    init(
        _ kind: SignalKind, _ bytes: UnsafeRawBufferPointer, _ scan: JSONScan,
        _ limits: SignalLimits
    ) throws(Refusal) {
        confirmation = kind == .candidate ? .none : .delivered
        timeoutMs = limits.defaultTimeoutMs
        isOffer = kind == .offer
        guard scan.elements.count > 1, scan.elements[1].kind == .object else { throw Refusal(.badPayload) }
        var seen: UInt16 = 0
        var target = (key: Key?.none, index: -1)
        var content = SignalContent()
        let members = scan.members
        for index in members.indices {
            let member = members[index]
            guard let key = Self.key(bytes, member) else { continue }
            let bit: UInt16 = 1 << UInt16(key.rawValue)
            // Parsers differ in which of two equal keys counts, so none may be there twice.
            guard seen & bit == 0 else { throw Refusal(.badPayload, field: "\(key)") }
            seen |= bit
            switch key {
            case .to: target = (.to, index)
            case .target: if target.key != .to { target = (.target, index) }
            case .peerId: if target.key == nil { target = (.peerId, index) }
            case .from: skipped.second = index
            case .room:
                guard member.value.kind == .string || member.value.kind == .null else {
                    throw Refusal(.badPayload, field: "room")
                }
                skipped.third = index
                if member.value.kind == .string { room = member.value.start..<member.value.end }
            case .sdp: content.sdp = member.value
            case .description: content.description = member.value
            case .candidate: content.candidate = member.value
            case .candidates: content.candidates = member.value
            case .data: content.data = member.value
            case .confirm: confirmation = try Self.confirmation(bytes, member.value)
            case .timeoutMs: timeoutMs = try Self.timeout(bytes, member.value, limits)
            case .mid: mid = try Self.mid(bytes, member.value)
            }
        }
        if target.index >= 0 {
            let value = members[target.index].value
            guard value.kind == .string else { throw Refusal(.badPayload, field: "to") }
            self.target = .some(Self.id(bytes, value))
            skipped.first = target.index
        } else if !kind.mayAddressRoom {
            throw Refusal(.badPayload, field: "to")
        } else if room == nil {
            throw Refusal(.badPayload, field: "room")
        }
        try content.check(kind, limits)
        if kind == .description, let value = content.description { isOffer = Self.isOffer(bytes, value) }
    }

    /// The members that go on.
    func members(_ bytes: UnsafeRawBufferPointer, _ scan: JSONScan) -> SignalMembers {
        SignalMembers(bytes, scan, skipped: skipped)
    }

    /// The routing key of a member. One that is spelled with escapes comes out as that key at the other end, so it is
    /// unescaped here.
    private static func key(_ bytes: UnsafeRawBufferPointer, _ member: JSONScan.Member) -> Key? {
        guard member.keyEscaped else {
            return key(UnsafeRawBufferPointer(rebasing: bytes[member.keyStart + 1..<member.keyEnd - 1]))
        }
        var name = unescaped(bytes[member.keyStart..<member.keyEnd])
        return name?.withUTF8 { key(UnsafeRawBufferPointer($0)) }
    }

    private static func id(_ bytes: UnsafeRawBufferPointer, _ value: JSONScan.Element) -> SessionID? {
        guard value.escaped else {
            return SessionID(parsing: UnsafeRawBufferPointer(rebasing: bytes[value.start + 1..<value.end - 1]))
        }
        return unescaped(bytes[value.start..<value.end]).flatMap { SessionID($0) }
    }

    /// A JSON string's text; nil when jansson cannot read it, such as one with a lone surrogate, which is no name of ours.
    private static func unescaped(_ json: Slice<UnsafeRawBufferPointer>) -> String? {
        (try? JSON(parsing: UnsafeRawBufferPointer(rebasing: json)))?.stringValue
    }

    private static func key(_ name: UnsafeRawBufferPointer) -> Key? {
        func matches(_ text: StaticString) -> Bool { text.isSpelled(by: name) }
        return switch name.count {
        case 2: matches("to") ? .to : nil
        case 3: matches("sdp") ? .sdp : matches("mid") ? .mid : nil
        case 4: matches("from") ? .from : matches("room") ? .room : matches("data") ? .data : nil
        case 6: matches("target") ? .target : matches("peerId") ? .peerId : nil
        case 7: matches("confirm") ? .confirm : nil
        case 9: matches("candidate") ? .candidate : matches("timeoutMs") ? .timeoutMs : nil
        case 10: matches("candidates") ? .candidates : nil
        case 11: matches("description") ? .description : nil
        default: nil
        }
    }

    private static func confirmation(_ bytes: UnsafeRawBufferPointer, _ value: JSONScan.Element) throws(Refusal)
        -> Confirmation
    {
        switch String(decoding: bytes[value.start..<value.end], as: UTF8.self) {
        case "\"none\"": return .none
        case "\"delivered\"": return .delivered
        case "\"applied\"": return .applied
        default: throw Refusal(.badPayload, field: "confirm")
        }
    }

    /// 1 to 64 characters.
    private static func mid(_ bytes: UnsafeRawBufferPointer, _ value: JSONScan.Element) throws(Refusal) -> Range<Int>? {
        if value.kind == .null { return nil }
        guard value.kind == .string, value.end - value.start <= 64 * 6 + 2,
            let text = unescaped(bytes[value.start..<value.end]), !text.isEmpty, text.count <= 64
        else { throw Refusal(.badPayload, field: "mid") }
        return value.start..<value.end
    }

    /// The sender's name for the signal.
    func mid(in bytes: UnsafeRawBufferPointer) -> String? { mid.flatMap { Self.unescaped(bytes[$0]) } }

    /// Whether a description is an offer. Looked for as text: `type` stands at one end of what browsers write, and a
    /// mistake costs no more than one void offer that is delivered.
    private static func isOffer(_ bytes: UnsafeRawBufferPointer, _ value: JSONScan.Element) -> Bool {
        let text = bytes[value.start..<value.end]
        let mark = "\"type\":\"offer\"".utf8
        return text.prefix(64).contains(mark) || text.suffix(64).contains(mark)
    }

    private static func timeout(
        _ bytes: UnsafeRawBufferPointer, _ value: JSONScan.Element, _ limits: SignalLimits
    ) throws(Refusal) -> Int {
        let text = String(decoding: bytes[value.start..<value.end], as: UTF8.self)
        guard value.kind == .number, let number = Double(text), number >= 1 else {
            throw Refusal(.badPayload, field: "timeoutMs")
        }
        return Int(min(number, Double(limits.maxTimeoutMs)))
    }
}
