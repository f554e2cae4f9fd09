// SPDX-License-Identifier: Apache-2.0
internal import ParleyTransport

/// `/healthz`: the process answers. `/readyz`: it takes new connections.
struct HealthRoute: HTTPRoute {
    func handle(_ exchange: HTTPExchange) -> Bool {
        guard exchange.request.path == "/healthz" || exchange.request.path == "/readyz" else { return false }
        exchange.respond(.text(200, "ok"))
        return true
    }
}
