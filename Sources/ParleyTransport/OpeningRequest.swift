// SPDX-License-Identifier: Apache-2.0

/// The request that opened a session, kept as long as the session lives.
package struct OpeningRequest: Sendable {
    package let head: RequestHead
    /// The address of the client, as in `HTTPRequest`.
    package let remoteAddress: String
    package let isSecure: Bool
    /// The number of the session that it opened, by which logs name it: its id is a secret of its client.
    package let number: Int

    init(_ request: HTTPRequest, number: Int = 0) {
        head = request.head.kept
        remoteAddress = request.remoteAddress
        isSecure = request.isSecure
        self.number = number
    }

    package var query: Query { Query(of: head.target) }
}
