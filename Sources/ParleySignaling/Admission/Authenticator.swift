// SPDX-License-Identifier: Apache-2.0
public import ParleyJSON

/// Decides who may connect, and what they may do. Asked once for each connection, before it joins or resumes, and again
/// when a client brings a new token while it is connected.
public protocol Authenticator: Sendable {
    /// What the applicant may do. What it throws refuses the client: an `AdmissionError` as it is, anything else as
    /// `auth_invalid` with its details kept from the client. Called on an event loop's executor: it may wait, and must not
    /// block.
    func authenticate(_ applicant: Applicant) async throws -> Grants
}

/// A client that wants to connect.
public struct Applicant: Sendable {
    /// The `token` of its `auth`, else the one in the query of its request. Never to be logged.
    public var token: String?
    /// All of the `auth` of its CONNECT packet.
    public var auth: JSON
    /// Its address, as far as it is known behind the proxies that are trusted.
    public var address: String
    /// The header fields of the request that opened its connection, names in lower case.
    public var headers: [String: String]

    public init(token: String?, auth: JSON = [:], address: String = "", headers: [String: String] = [:]) {
        self.token = token
        self.auth = auth
        self.address = address
        self.headers = headers
    }
}

/// Why a client was not let in, as it sees it: the `data` of CONNECT_ERROR.
public struct AdmissionError: Error, Sendable {
    public enum Code: String, Sendable, CaseIterable {
        /// No token came, and one is wanted.
        case authRequired = "auth_required"
        /// The token is not what it should be. Clients are not told more.
        case authInvalid = "auth_invalid"
        case authExpired = "auth_expired"
        /// The client is known and may not do this.
        case forbidden
        case rateLimited = "rate_limited"
        case serverFull = "server_full"
        case draining
    }

    public var code: Code
    /// In place of the code's own words.
    public var message: String?
    /// When the same attempt may succeed, in milliseconds, if that is known.
    public var retryAfterMs: Int?

    public init(_ code: Code, message: String? = nil, retryAfterMs: Int? = nil) {
        self.code = code
        self.message = message
        self.retryAfterMs = retryAfterMs
    }
}
