// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import ParleySignaling
internal import ParleySocketIO
internal import ParleyTransport

/// Who may read the metrics.
struct MetricsOptions: ParsableArguments {
    @Flag(name: .customLong("no-metrics"), help: "Serve no /metrics.") var hasNoMetrics = false
    @Option(
        help: """
            An address or network (10.0.0.0/8) from which /metrics may be read, beside this machine (repeatable).
            """)
    var metricsFrom: [String] = Setting.list("METRICS_FROM")

    func validate() throws { _ = try readers() }

    func readers() throws -> Networks {
        var networks = Networks()
        for text in ["127.0.0.0/8", "::1"] + metricsFrom where !networks.add(text) {
            throw ValidationError(
                "--metrics-from must be an IP address, or a network such as 10.0.0.0/8, not \"\(text)\".")
        }
        return networks
    }

    /// Adds the route, unless there is to be none.
    func furnish(_ io: SocketIOServer, _ signaling: Signaling) throws {
        guard !hasNoMetrics, !Setting.flag("NO_METRICS") else { return }
        let metrics = MetricsText(io: io, signaling: signaling)
        io.add(MetricsRoute(readers: try readers(), metrics: metrics))
    }
}

/// `/metrics`, as Prometheus reads it, for those who may.
private struct MetricsRoute: HTTPRoute {
    let readers: Networks
    let metrics: MetricsText

    func handle(_ exchange: HTTPExchange) -> Bool {
        guard exchange.request.path == "/metrics" else { return false }
        if let refusal = refusal(of: exchange.request) {
            exchange.respond(refusal)
        } else {
            Task { exchange.respond(await answer()) }
        }
        return true
    }

    private func refusal(of request: HTTPRequest) -> HTTPResponse? {
        guard request.method == .GET || request.method == .HEAD else {
            return .text(405, "Ask for the metrics with GET.")
        }
        // A proxy on this machine that is not trusted may speak for anybody.
        let isHearsay = request.isForwarded && !request.isForwarderTrusted
        guard readers.contains(request.remoteAddress), !isHearsay else {
            return .text(403, "The metrics are not for this address; see --metrics-from.")
        }
        return nil
    }

    private func answer() async -> HTTPResponse {
        var response = HTTPResponse(
            status: 200, type: "text/plain; version=0.0.4; charset=utf-8", text: await metrics.text())
        response.fields.append(("Cache-Control", "no-store"))
        return response
    }
}
