// SPDX-License-Identifier: Apache-2.0
internal import NIOConcurrencyHelpers
internal import NIOCore
internal import ParleyJSON
internal import ParleySocketIO
internal import ParleyTransport

/// Lets clients in: asks the authenticator, and makes those wait who have failed too often. One for all loops.
final class Door: Sendable {
    private let authenticator: any Authenticator
    private let failures: NIOLockedValueBox<FailedAttempts>
    private let countsLoopback: Bool
    private let refusals: RefusalCounts

    init(_ authenticator: any Authenticator, _ configuration: SignalingConfiguration) {
        self.authenticator = authenticator
        failures = NIOLockedValueBox(FailedAttempts(allowed: max(1, configuration.maxAuthenticationFailures)))
        refusals = configuration.refusals
        countsLoopback = configuration.countsAuthenticationFailuresOfLoopback
    }

    /// What an applicant may do.
    func admit(_ applicant: Applicant) async throws(Refusal) -> Grants {
        let address = AddressKey(applicant.address).flatMap { countsLoopback || !$0.isLoopback ? $0 : nil }
        if let address, let wait = failures.withLockedValue({ $0.begin(address, at: .now()) }) {
            throw Refusal(.rateLimited, message: "Too many attempts with a wrong token.", retryAfterMs: wait)
        }
        do {
            let grants = try await authenticator.authenticate(applicant)
            if let address { failures.withLockedValue { $0.undo(address) } }
            return grants
        } catch {
            let error = error as? AdmissionError ?? AdmissionError(.authInvalid)
            // Only what may be a guess counts.
            if error.code != .authInvalid, let address { failures.withLockedValue { $0.undo(address) } }
            throw Refusal(error)
        }
    }

    /// The step before a client joins or resumes.
    func admit(_ socket: Socket) async throws {
        do throws(Refusal) {
            socket.attachment = Admission(try await admit(Applicant(socket)))
        } catch {
            refusals.countFailure(error.code.rawValue)
            throw ConnectError(error.message ?? error.code.message, data: error.connectData)
        }
    }
}

extension Applicant {
    /// The client of a socket that wants to join.
    fileprivate init(_ socket: Socket) {
        let handshake = socket.handshake
        self.init(
            token: handshake.auth["token"]?.stringValue ?? handshake.query["token"], auth: handshake.auth,
            address: handshake.address, headers: handshake.headers)
    }

    /// Whoever has sent a request, by the bearer token that it holds, or the `token` of its query.
    init(_ request: HTTPRequest) {
        let headers = Dictionary(request.head.fields.map { ($0.name.lowercased(), $0.value) }) { "\($0), \($1)" }
        self.init(
            token: headers["authorization"].flatMap { Self.credentials("bearer", $0) } ?? request.query["token"],
            address: request.remoteAddress, headers: headers)
    }

    /// What stands behind the scheme in an Authorization field (RFC 9110, section 11.4).
    static func credentials(_ scheme: String, _ field: String) -> String? {
        field.lowercased().hasPrefix(scheme + " ") ? String(field.dropFirst(scheme.count + 1)) : nil
    }
}

/// What a client was granted, on its way from the door to its peer.
final class Admission: Sendable {
    let grants: Grants

    init(_ grants: Grants) { self.grants = grants }
}

extension Refusal {
    init(_ error: AdmissionError) {
        self.init(
            ErrorCode(rawValue: error.code.rawValue) ?? .authInvalid, message: error.message,
            retryAfterMs: error.retryAfterMs)
    }

    /// The `data` of CONNECT_ERROR.
    fileprivate var connectData: JSON {
        var data: JSON = ["code": .string(code.rawValue), "retryable": .bool(code.isRetryable)]
        data.set("retryAfterMs", retryAfterMs.map { .int(Int64($0)) })
        return data
    }
}
