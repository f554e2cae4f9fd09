// SPDX-License-Identifier: Apache-2.0
internal import ParleyJSON
internal import ParleySocketIO
internal import ParleyTransport

/// `GET /turn?service=turn&username=NAME`: TURN credentials in the shape that clients of the REST proposal expect
/// (draft-uberti-behave-turn-rest-00).
struct TURNRoute: HTTPRoute {
    private let ice: ICEConfiguration
    private let door: Door?
    private let origins: OriginPolicy

    init(ice: ICEConfiguration, door: Door?, configuration: SocketIOConfiguration) {
        self.ice = ice
        self.door = door
        origins = configuration.transport.origins
    }

    func handle(_ exchange: HTTPExchange) -> Bool {
        guard exchange.request.path == "/turn" else { return false }
        if let refusal = refusal(of: exchange.request) {
            exchange.respond(refusal)
        } else if let door {
            Task { exchange.respond(await answer(exchange.request, door)) }
        } else {
            exchange.respond(answer(exchange.request, user: String(exchange.request.query["username"] ?? "")))
        }
        return true
    }

    /// The credentials are the token's user's, whatever name is asked for.
    private func answer(_ request: HTTPRequest, _ door: Door) async -> HTTPResponse {
        do throws(Refusal) {
            return answer(request, user: try await door.admit(Applicant(request)).user ?? "")
        } catch {
            var response = HTTPResponse(
                status: error.code == .rateLimited ? 429 : error.code == .forbidden ? 403 : 401,
                type: "application/json; charset=utf-8", text: error.json.text)
            if let wait = error.retryAfterMs { response.fields.append(("Retry-After", "\(wait / 1_000 + 1)")) }
            response.fields += [("Cache-Control", "no-store")] + origins.fields(for: request)
            return response
        }
    }

    private func refusal(of request: HTTPRequest) -> HTTPResponse? {
        guard request.method == .GET || request.method == .HEAD else {
            return .text(405, "Ask for credentials with GET.")
        }
        guard case .allowed = origins.verdict(on: request) else {
            return .text(403, "Pages of this origin may not use this server.")
        }
        guard request.query["service"] == "turn" else { return .text(400, "The query must have service=turn.") }
        return nil
    }

    private func answer(_ request: HTTPRequest, user: String) -> HTTPResponse {
        guard let credentials = TURNCredentials(ice, user: String(user.prefix(128))) else {
            return .text(404, "This server has no TURN server; see --turn-url.")
        }
        let answer: JSON = [
            "username": .string(credentials.username), "password": .string(credentials.password),
            "ttl": .int(Int64(ice.turnSeconds)), "uris": .array(ice.turnURLs.map(JSON.string)),
        ]
        var response = HTTPResponse(status: 200, type: "application/json; charset=utf-8", text: answer.text)
        response.fields += [("Cache-Control", "no-store")] + origins.fields(for: request)
        return response
    }
}
