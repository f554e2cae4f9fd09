// SPDX-License-Identifier: Apache-2.0
internal import Foundation
internal import NIOHTTP1
internal import ParleyJSON
internal import ParleySocketIO
internal import ParleyTransport

/// The requests of admins over HTTP: `POST /admin/api/<request>` with the payload as a JSON body; those that change nothing
/// also by GET, with the payload in the query. With `Authorization: Basic`, or `Bearer` and a token.
struct AdminRoute: HTTPRoute {
    static let prefix = "/admin/api/"

    let desk: AdminDesk
    let door: Door
    let origins: OriginPolicy

    func handle(_ exchange: HTTPExchange) -> Bool {
        guard exchange.request.path.hasPrefix(Self.prefix) else { return false }
        guard case .allowed = origins.verdict(on: exchange.request) else {
            exchange.respond(.text(403, "Pages of this origin may not use this server."))
            return true
        }
        Task {
            let result: Result<JSON, Refusal>
            do throws(Refusal) {
                let admin = try await admit(exchange.request)
                let (request, payload) = try read(exchange.request)
                result = await desk.answer(request, payload, from: admin)
            } catch {
                desk.signaling.refusals.countFailure(error.code.rawValue)
                result = .failure(error)
            }
            exchange.respond(response(result))
        }
        return true
    }

    private func admit(_ request: HTTPRequest) async throws(Refusal) -> Admin {
        var applicant = Applicant(request)
        if let basic = applicant.headers["authorization"].flatMap({ Applicant.credentials("basic", $0) }) {
            applicant.token = nil
            applicant.auth = Self.account(basic)
        } else if applicant.token == nil {
            throw Refusal(.authRequired, message: "Say who you are: Authorization: Basic, or Bearer with a token.")
        }
        return Admin(try await door.admit(applicant), address: request.remoteAddress)
    }

    /// The name and password of Basic authentication (RFC 7617).
    private static func account(_ credentials: String) -> JSON {
        guard let bytes = Data(base64Encoded: credentials) else { return [:] }
        let text = String(decoding: bytes, as: UTF8.self)
        guard let colon = text.firstIndex(of: ":") else { return [:] }
        return ["username": .string(String(text[..<colon])), "password": .string(String(text[colon...].dropFirst()))]
    }

    private func read(_ request: HTTPRequest) throws(Refusal) -> (AdminRequest, Payload) {
        guard let known = AdminRequest(rawValue: String(request.path.dropFirst(Self.prefix.count))) else {
            throw Refusal(.unknownEvent)
        }
        switch request.method {
        case .GET where !known.changesSomething: return (known, Payload(Self.payload(request.query)))
        case .POST:
            // A form of another page cannot send this type without asking first.
            guard request.head.first("content-type")?.lowercased().hasPrefix("application/json") == true else {
                throw Refusal(.badPayload, message: "The body must have the type application/json.")
            }
            guard let body = try? JSON(parsing: request.body), body.objectValue != nil else {
                throw Refusal(.badPayload, message: "The body must be a JSON object.")
            }
            return (known, Payload(body))
        default: throw Refusal(.badPayload, message: "Send this request with POST.")
        }
    }

    /// The parameters of a query; those that count something are numbers.
    private static func payload(_ query: Query) -> JSON {
        var payload: JSON = [:]
        for (name, value) in query.items where name != "token" {
            payload.set(name, name == "limit" ? Int64(value).map(JSON.int) ?? .string(value) : .string(value))
        }
        return payload
    }

    private func response(_ result: Result<JSON, Refusal>) -> HTTPResponse {
        var status = 200
        if case .failure(let refusal) = result { status = refusal.status }
        var response = HTTPResponse(status: status, type: "application/json; charset=utf-8", text: result.json.text)
        response.fields.append(("Cache-Control", "no-store"))
        if status == 401 { response.fields.append(("WWW-Authenticate", "Basic realm=\"parley\", charset=\"UTF-8\"")) }
        if case .failure(let refusal) = result, let wait = refusal.retryAfterMs {
            response.fields.append(("Retry-After", "\(wait / 1_000 + 1)"))
        }
        return response
    }
}

extension Refusal {
    /// The status of HTTP that says most of it.
    fileprivate var status: Int {
        switch code {
        case .authRequired, .authInvalid, .authExpired: 401
        case .forbidden, .banned: 403
        case .roomNotFound, .peerNotFound, .unknownEvent: 404
        case .alreadyJoined: 409
        case .tooLarge: 413
        case .rateLimited: 429
        case .internalError: 500
        case .serverFull, .draining: 503
        default: 400
        }
    }
}
