// SPDX-License-Identifier: Apache-2.0
internal import ParleyJSON
internal import ParleySocketIO
internal import ParleyTransport

/// `GET /turn?service=turn&username=NAME`: TURN credentials in the shape that clients of the REST proposal expect
/// (draft-uberti-behave-turn-rest-00).
struct TURNRoute: HTTPRoute {
    private let ice: ICEConfiguration
    private let origins: OriginPolicy

    init(ice: ICEConfiguration, configuration: SocketIOConfiguration) {
        self.ice = ice
        origins = configuration.transport.origins
    }

    func handle(_ exchange: HTTPExchange) -> Bool {
        guard exchange.request.path == "/turn" else { return false }
        exchange.respond(answer(exchange.request))
        return true
    }

    private func answer(_ request: HTTPRequest) -> HTTPResponse {
        guard request.head.method == .GET || request.head.method == .HEAD else {
            return .text(405, "Ask for credentials with GET.")
        }
        guard case .allowed = origins.verdict(on: request.headers) else {
            return .text(403, "Pages of this origin may not use this server.")
        }
        let query = request.query
        guard query["service"] == "turn" else { return .text(400, "The query must have service=turn.") }
        guard let credentials = TURNCredentials(ice, user: String((query["username"] ?? "").prefix(128))) else {
            return .text(404, "This server has no TURN server; see --turn-url.")
        }
        let answer: JSON = [
            "username": .string(credentials.username), "password": .string(credentials.password),
            "ttl": .int(Int64(ice.turnSeconds)), "uris": .array(ice.turnURLs.map(JSON.string)),
        ]
        var response = HTTPResponse(status: 200, type: "application/json; charset=utf-8", text: answer.text)
        response.fields += [("Cache-Control", "no-store")] + origins.fields(for: request.headers)
        return response
    }
}
