// SPDX-License-Identifier: Apache-2.0
internal import CParleyOpenSSL

/// Why TLS cannot be spoken with what was given, in words for the person who gave it.
public struct TLSFailure: Error, CustomStringConvertible, Equatable {
    public let description: String

    package init(_ description: String) { self.description = description }

    /// Adds what OpenSSL says of its last failed call.
    static func byOpenSSL(_ words: String) -> TLSFailure {
        let reason = ERR_reason_error_string(ERR_peek_last_error()).map { String(cString: $0) }
        return TLSFailure(words + (reason.map { " (OpenSSL says: \($0))." } ?? "."))
    }
}
