// SPDX-License-Identifier: Apache-2.0
internal import ParleyTransport

/// `/healthz`: the process answers. `/readyz`: it takes new connections.
struct HealthRoute: HTTPRoute {
    let isDraining: @Sendable () -> Bool

    func handle(_ exchange: HTTPExchange) -> Bool {
        switch exchange.request.path {
        case "/healthz": exchange.respond(.text(200, "ok"))
        case "/readyz": exchange.respond(isDraining() ? .text(503, "going down") : .text(200, "ok"))
        default: return false
        }
        return true
    }
}
