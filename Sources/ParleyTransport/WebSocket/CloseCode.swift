// SPDX-License-Identifier: Apache-2.0

/// The status codes of a close frame that this server sends (RFC 6455 §7.4.1).
enum CloseCode: UInt16 {
    case goingAway = 1001
    case protocolError = 1002
    case invalidData = 1007
    case policyViolation = 1008
    case tooBig = 1009

    /// The payload of the close frame: the code, and words where the code alone says too little.
    var payload: [UInt8] {
        let words = self == .policyViolation ? "Too many packets." : ""
        return [UInt8(rawValue >> 8), UInt8(truncatingIfNeeded: rawValue)] + words.utf8
    }

    /// Whether a client may send `code` in a close frame.
    static func isSendable(_ code: UInt16) -> Bool {
        switch code {
        case 1000...1003, 1007...1014, 3000...4999: true
        default: false
        }
    }
}

extension Refused {
    init(_ code: CloseCode) {
        self =
            switch code {
            case .goingAway, .protocolError: .frame
            case .invalidData: .text
            case .tooBig: .messageSize
            case .policyViolation: .packetRate
            }
    }
}
