// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import NIOCore
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
    func furnish(_ io: SocketIOServer) throws {
        guard !hasNoMetrics else { return }
        io.add(MetricsRoute(readers: try readers()) { [unowned io] in MetricsText(io).text })
    }
}

/// `/metrics`, as Prometheus reads it, for those who may.
private struct MetricsRoute: HTTPRoute {
    let readers: Networks
    let text: @Sendable () -> String

    func handle(_ exchange: HTTPExchange) -> Bool {
        guard exchange.request.path == "/metrics" else { return false }
        exchange.respond(answer(exchange.request))
        return true
    }

    private func answer(_ request: HTTPRequest) -> HTTPResponse {
        guard request.head.method == .GET || request.head.method == .HEAD else {
            return .text(405, "Ask for the metrics with GET.")
        }
        // A proxy on this machine that is not trusted may speak for anybody.
        let isHearsay = request.isForwarded && !request.isForwarderTrusted
        guard readers.contains(request.remoteAddress), !isHearsay else {
            return .text(403, "The metrics are not for this address; see --metrics-from.")
        }
        var response = HTTPResponse(status: 200, type: "text/plain; version=0.0.4; charset=utf-8", text: text())
        response.fields.append(("Cache-Control", "no-store"))
        return response
    }
}

/// The metrics in Prometheus' text format, version 0.0.4.
private struct MetricsText {
    private(set) var text = ""

    init(_ io: SocketIOServer) {
        let (refused, failed) = io.configuration.transport.refusals.all
        add("parley_info", "gauge", "The version.", [("version", Parley.version, 1)])
        add("parley_connections", "gauge", "Open connections, idle HTTP included.", [(nil, "", io.connections)])
        add("parley_draining", "gauge", "1 while the server goes down.", [(nil, "", io.isDraining ? 1 : 0)])
        add(
            "parley_refusals_total", "counter", "Clients refused, or their connections ended, by what they met.",
            refused.map { ("reason", $0, $1) })
        add(
            "parley_request_failures_total", "counter", "Requests and connects that were refused with a code.",
            failed.map { ("code", $0, $1) })
    }

    private mutating func add(_ name: String, _ type: String, _ help: String, _ samples: [(String?, String, Int)]) {
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
        // Labels are names of our own, with nothing to escape.
        for (label, value, count) in samples {
            text += name + (label.map { "{\($0)=\"\(value)\"}" } ?? "") + " \(count)\n"
        }
    }
}
