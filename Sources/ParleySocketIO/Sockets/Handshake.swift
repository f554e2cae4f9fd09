// SPDX-License-Identifier: Apache-2.0
internal import ParleyTransport

/// What is known of a client from the request that opened its connection and from its CONNECT packet.
public struct Handshake: Sendable {
    /// The header fields, names in lower case; equal names joined by a comma.
    public var headers: [String: String]
    /// The address of the other end of the connection.
    public var address: String
    /// Whether the request named an origin.
    public var isCrossDomain: Bool
    /// Whether the connection is encrypted.
    public var isSecure: Bool
    /// When the socket was made, in milliseconds since 1970.
    public var issued: Int64
    /// The target of the request.
    public var url: String
    /// The parameters of the target.
    public var query: [String: String]
    /// The `auth` of the CONNECT packet; an empty object when it had none.
    public var auth: JSON

    init(_ request: OpeningRequest, auth: JSON, issued: Int64) {
        headers = Dictionary(request.head.fields.map { ($0.name.lowercased(), $0.value) }) { "\($0), \($1)" }
        address = request.remoteAddress
        isCrossDomain = headers["origin"] != nil
        isSecure = request.isSecure
        self.issued = issued
        url = String(request.head.target)
        query = Dictionary(request.query.items.map { ($0.name, $0.value) }) { $1 }
        self.auth = auth
    }
}
