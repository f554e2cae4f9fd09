// SPDX-License-Identifier: Apache-2.0
package import NIOHTTP1

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
    package func verdict(on headers: HTTPHeaders) -> Verdict {
        guard let origin = headers.first(name: "origin") else { return .allowed }
        guard origin.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { return .invalid }
        switch self {
        case .any: return .allowed
        case .sameHost: return isSameHost(origin, headers) ? .allowed : .refused
        case .list(let origins): return origins.contains(origin) || isSameHost(origin, headers) ? .allowed : .refused
        }
    }

    private func isSameHost(_ origin: String, _ headers: HTTPHeaders) -> Bool {
        guard let host = headers.first(name: "host"), let scheme = origin.firstRange(of: "://") else { return false }
        return origin[scheme.upperBound...].lowercased() == host.lowercased()
    }

    /// The CORS fields of an answer to a request that was allowed.
    package func fields(for headers: HTTPHeaders) -> [(String, String)] {
        if case .sameHost = self { return [] }
        var fields = [("Vary", "Origin"), ("Access-Control-Allow-Credentials", "true")]
        if let origin = headers.first(name: "origin"), case .allowed = verdict(on: headers) {
            fields.append(("Access-Control-Allow-Origin", origin))
        }
        return fields
    }

    /// The answer to a preflight; nil when this policy has none.
    func preflight(for headers: HTTPHeaders) -> HTTPResponse? {
        if case .sameHost = self { return nil }
        var response = HTTPResponse(status: 204)
        response.fields = fields(for: headers)
        response.fields[0].1 = "Origin, Access-Control-Request-Headers"
        response.fields.append(("Access-Control-Allow-Methods", "GET,HEAD,PUT,PATCH,POST,DELETE"))
        if let requested = headers.first(name: "access-control-request-headers") {
            response.fields.append(("Access-Control-Allow-Headers", requested))
        }
        return response
    }
}
