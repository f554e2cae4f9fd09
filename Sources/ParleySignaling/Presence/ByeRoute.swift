// SPDX-License-Identifier: Apache-2.0
internal import NIOCore
internal import ParleyEngineIO
internal import ParleyJSON
internal import ParleySocketIO
internal import ParleyTransport

/// `POST <path>/bye` with `{"pid": …}`: what a page sends by `navigator.sendBeacon` when it goes, so that nobody waits for
/// the end of its resume window. The answer tells nothing about who is known here.
struct ByeRoute: HTTPRoute {
    private let loops: SignalingLoops
    private let path: String
    private let origins: OriginPolicy

    init(loops: SignalingLoops, configuration: SocketIOConfiguration) {
        self.loops = loops
        path = configuration.transport.prefix + "bye"
        origins = configuration.transport.origins
    }

    func handle(_ exchange: HTTPExchange) -> Bool {
        let request = exchange.request
        guard request.path == path else { return false }
        exchange.respond(answer(request))
        return true
    }

    private func answer(_ request: HTTPRequest) -> HTTPResponse {
        guard request.method == .POST else { return .text(405, "Say goodbye with POST.") }
        guard case .allowed = origins.verdict(on: request) else {
            return .text(403, "Pages of this origin may not use this server.")
        }
        guard let body = try? JSON(parsing: request.body), let text = body["pid"]?.stringValue else {
            return .text(400, "The body must be a JSON object with the \"pid\" of the connection.")
        }
        if let pid = SessionID(text) { loops.withLoop(of: pid) { $0.peer(pid: pid)?.bye() } }
        var response = HTTPResponse(status: 204)
        response.fields = origins.fields(for: request)
        return response
    }
}
