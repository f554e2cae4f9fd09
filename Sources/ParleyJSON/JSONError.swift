// SPDX-License-Identifier: Apache-2.0

/// Why bytes are not acceptable JSON, and where.
///
/// The message never quotes the input, so it may be logged and sent to a peer.
public struct JSONError: Error, Hashable, Sendable {
    /// One short English phrase, without the position.
    public var message: String
    /// Where the input stopped being acceptable, in bytes from its start; 0 where there is no input text.
    public var offset: Int

    /// Creates an error with a phrase that does not quote the input.
    ///
    /// - Parameters:
    ///   - message: What is wrong.
    ///   - offset: Bytes from the start of the input.
    public init(message: String, offset: Int) {
        self.message = message
        self.offset = offset
    }
}

/// Everything the scanner refuses. One byte, so that the hot path carries no string.
enum JSONFault: UInt8 {
    case unexpectedEnd, unexpectedByte, trailingBytes, tooDeep, notAnArray, tooManyElements, tooManyMembers
    case controlByte, badEscape, badNumber, badLiteral, unterminatedString, missingColon
    case tooLong

    var message: String {
        switch self {
        case .unexpectedEnd: "unexpected end of input"
        case .unexpectedByte: "unexpected byte"
        case .trailingBytes: "bytes after the value"
        case .tooDeep: "nested too deeply"
        case .notAnArray: "not an array"
        case .tooManyElements: "too many elements"
        case .tooManyMembers: "too many members"
        case .controlByte: "control byte in a string"
        case .badEscape: "unknown escape sequence"
        case .badNumber: "malformed number"
        case .badLiteral: "malformed literal"
        case .unterminatedString: "string without an end"
        case .missingColon: "colon expected after a key"
        case .tooLong: "too long"
        }
    }

    func error(at offset: Int) -> JSONError {
        JSONError(message: self.message, offset: offset)
    }
}
