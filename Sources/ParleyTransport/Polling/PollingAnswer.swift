// SPDX-License-Identifier: Apache-2.0
internal import NIOCore
internal import NIOHTTP1

/// The HTTP answers of the polling transport, with the fields of the official server.
enum PollingAnswer {
    /// A poll answered with packets.
    static func payload(
        _ payload: ByteBuffer, to request: HTTPRequest, _ configuration: TransportConfiguration
    ) -> HTTPResponse {
        var response = HTTPResponse(status: 200, type: "text/plain; charset=UTF-8", body: payload)
        response.fields.append(("cache-control", "no-store"))
        if payload.readableBytes >= configuration.compressionThreshold {
            Compression.apply(to: &response, accepted: request.head.first("accept-encoding"))
        }
        return complete(response, request, configuration)
    }

    /// A post whose packets were taken.
    static func accepted(_ request: HTTPRequest, _ configuration: TransportConfiguration) -> HTTPResponse {
        complete(HTTPResponse(status: 200, type: "text/html", text: "ok"), request, configuration)
    }

    static func empty(_ status: Int, to request: HTTPRequest, _ configuration: TransportConfiguration) -> HTTPResponse {
        complete(HTTPResponse(status: status), request, configuration)
    }

    private static func complete(
        _ response: HTTPResponse, _ request: HTTPRequest, _ configuration: TransportConfiguration
    ) -> HTTPResponse {
        var response = response
        // Old Internet Explorers looked for scripts in what they were told is text.
        if let agent = request.head.first("user-agent"), agent.contains(";MSIE") || agent.contains("Trident/") {
            response.fields.append(("X-XSS-Protection", "0"))
        }
        response.fields += configuration.origins.fields(for: request)
        return response
    }
}
