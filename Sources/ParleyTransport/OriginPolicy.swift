// SPDX-License-Identifier: Apache-2.0
internal import NIOHTTP1

/// Which pages may talk to the server. Requests without an `Origin` do not come from a browser and always may.
package enum OriginPolicy: Sendable {
    /// Pages served by the host they talk to. No CORS headers are sent.
    case sameHost
    /// These origins (`https://example.org`), beside the same host.
    case list(Set<String>)
    /// Every page.
    case any

    package enum Verdict {
        case allowed
        case refused
        /// The `Origin` field holds bytes that no origin has.
        case invalid
    }

    /// Whether a request may be answered.
    package func verdict(on request: HTTPRequest) -> Verdict {
        guard let origin = request.head.first("origin") else { return .allowed }
        guard origin.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { return .invalid }
        switch self {
        case .any: return .allowed
        case .sameHost: return isSameHost(origin, request) ? .allowed : .refused
        case .list(let origins): return origins.contains(origin) || isSameHost(origin, request) ? .allowed : .refused
        }
    }

    /// Over TLS an origin without it is another (RFC 6454 §5). Without TLS both may be meant: that of a proxy may be gone.
    private func isSameHost(_ origin: String, _ request: HTTPRequest) -> Bool {
        guard let host = request.head.first("host"), let end = origin.firstRange(of: "://") else {
            return false
        }
        let scheme = origin[..<end.lowerBound]
        guard let port = ["https": ":443", "http": ":80"][scheme], scheme == "https" || !request.isSecure else {
            return false
        }
        // Browsers leave out the port of the scheme; others may not.
        func bare(_ host: some StringProtocol) -> String {
            let host = host.lowercased()
            return host.hasSuffix(port) ? String(host.dropLast(port.count)) : host
        }
        return bare(origin[end.upperBound...]) == bare(host)
    }

    /// The CORS fields of an answer. Cookies and the like go with requests of origins that are named, not of every page.
    package func fields(for request: HTTPRequest) -> [(String, String)] {
        if case .sameHost = self { return [] }
        var fields = [("Vary", "Origin")]
        guard let origin = request.head.first("origin"), case .allowed = verdict(on: request) else {
            return fields
        }
        fields.append(("Access-Control-Allow-Origin", origin))
        if case .list = self { fields.append(("Access-Control-Allow-Credentials", "true")) }
        return fields
    }

    /// The answer to a preflight; nil when this policy has none.
    func preflight(for request: HTTPRequest) -> HTTPResponse? {
        if case .sameHost = self { return nil }
        var response = HTTPResponse(status: 204)
        response.fields = fields(for: request)
        response.fields[0].1 = "Origin, Access-Control-Request-Headers"
        response.fields.append(("Access-Control-Allow-Methods", "GET,HEAD,PUT,PATCH,POST,DELETE"))
        if let requested = request.head.first("access-control-request-headers") {
            response.fields.append(("Access-Control-Allow-Headers", requested))
        }
        return response
    }
}
