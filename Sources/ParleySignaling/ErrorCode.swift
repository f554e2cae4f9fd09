// SPDX-License-Identifier: Apache-2.0
package import ParleyJSON

/// The codes of failed requests, as clients see them.
package enum ErrorCode: String, Sendable, CaseIterable {
    case badPayload = "bad_payload"
    case tooLarge = "too_large"
    case unknownEvent = "unknown_event"
    case authRequired = "auth_required"
    case authInvalid = "auth_invalid"
    case authExpired = "auth_expired"
    case forbidden
    case rateLimited = "rate_limited"
    case serverFull = "server_full"
    case draining
    case roomNotFound = "room_not_found"
    case roomFull = "room_full"
    case roomLocked = "room_locked"
    case roomPassword = "room_password"
    case roomClosed = "room_closed"
    case alreadyJoined = "already_joined"
    case notInRoom = "not_in_room"
    case banned
    case peerNotFound = "peer_not_found"
    case peerLeft = "peer_left"
    case ackTimeout = "ack_timeout"
    case remoteRejected = "remote_rejected"
    case queueFull = "queue_full"
    case callState = "call_state"
    case internalError = "internal"

    /// Whether the same request may succeed later without a change.
    package var isRetryable: Bool {
        switch self {
        case .rateLimited, .serverFull, .draining, .roomFull, .roomLocked, .ackTimeout, .queueFull, .internalError: true
        default: false
        }
    }

    /// What happened, for the developer who reads it in a console.
    var message: String {
        switch self {
        case .badPayload: "The payload is not what this event takes."
        case .tooLarge: "The payload is larger than this server takes."
        case .unknownEvent: "This server has no such event."
        case .authRequired: "This server wants a token."
        case .authInvalid: "The token is not valid."
        case .authExpired: "The token has expired."
        case .forbidden: "This is not allowed."
        case .rateLimited: "Too many requests; wait a little."
        case .serverFull: "The server is full."
        case .draining: "The server is going down."
        case .roomNotFound: "There is no such room."
        case .roomFull: "The room is full."
        case .roomLocked: "The room is locked."
        case .roomPassword: "The room wants a password."
        case .roomClosed: "The room is closed."
        case .alreadyJoined: "You are in this room already."
        case .notInRoom: "You are not in this room."
        case .banned: "You are banned from this room."
        case .peerNotFound: "No such peer shares a room with you."
        case .peerLeft: "The peer left before it had confirmed."
        case .ackTimeout: "The peer did not confirm in time."
        case .remoteRejected: "The peer refused it."
        case .queueFull: "Too much is waiting for this peer."
        case .callState: "The call is not in a state that allows this."
        case .internalError: "The server failed; this is not your fault."
        }
    }
}

/// Why a request failed.
package struct Refusal: Error, Sendable {
    package var code: ErrorCode
    /// The field of the payload that is at fault.
    package var field: String?
    /// In place of the code's own words.
    package var message: String?
    /// When the same request may succeed, if that is known.
    package var retryAfterMs: Int?

    package init(_ code: ErrorCode, field: String? = nil, message: String? = nil, retryAfterMs: Int? = nil) {
        self.code = code
        self.field = field
        self.message = message
        self.retryAfterMs = retryAfterMs
    }

    /// The `error` of an ack.
    package var json: JSON {
        var object: JSON = [
            "code": .string(code.rawValue), "message": .string(message ?? code.message),
            "retryable": .bool(code.isRetryable),
        ]
        object.set("field", field.map(JSON.string))
        object.set("retryAfterMs", retryAfterMs.map { .int(Int64($0)) })
        return object
    }
}
