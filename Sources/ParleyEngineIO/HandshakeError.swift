// SPDX-License-Identifier: Apache-2.0

/// Why an Engine.IO request was refused: the codes of the official server, their texts and HTTP statuses.
package enum HandshakeError: Int, Error, Sendable {
    case transportUnknown = 0
    case sessionUnknown = 1
    case badMethod = 2
    case badRequest = 3
    case forbidden = 4
    case unsupportedVersion = 5

    /// The text the official server sends with the code.
    package var message: String {
        switch self {
        case .transportUnknown: "Transport unknown"
        case .sessionUnknown: "Session ID unknown"
        case .badMethod: "Bad handshake method"
        case .badRequest: "Bad request"
        case .forbidden: "Forbidden"
        case .unsupportedVersion: "Unsupported protocol version"
        }
    }

    /// The HTTP status of the refusal on a plain request. A refused upgrade is always 400.
    package var status: Int { self == .forbidden ? 403 : 400 }

    /// The JSON body of the refusal on a plain request.
    package var body: String { "{\"code\":\(rawValue),\"message\":\"\(message)\"}" }
}
