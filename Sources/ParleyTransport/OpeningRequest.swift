// SPDX-License-Identifier: Apache-2.0

/// The request that opened a session, kept as long as the session lives: target and fields in one string, since most
/// sessions are never asked for them.
package struct OpeningRequest: Sendable {
    /// The address of the client, as in `HTTPRequest`.
    package let remoteAddress: String
    package let isSecure: Bool
    /// The number of the session that it opened, by which logs name it: its id is a secret of its client.
    package let number: Int
    /// The target, then a line for each field. None of them holds a line feed: such requests are refused.
    private let text: String

    init(_ request: HTTPRequest, number: Int = 0) {
        self.number = number
        remoteAddress = request.remoteAddress
        isSecure = request.isSecure
        let uri = request.head.uri
        let size = request.headers.reduce(uri.utf8.count) { $0 + $1.name.utf8.count + $1.value.utf8.count + 2 }
        text = String(unsafeUninitializedCapacity: size) { space in
            let target = UnsafeMutableRawBufferPointer(space)
            var count = 0
            func append(_ text: String) {
                var text = text
                text.withUTF8 { bytes in
                    UnsafeMutableRawBufferPointer(rebasing: target[count..<count + bytes.count])
                        .copyMemory(from: UnsafeRawBufferPointer(bytes))
                    count += bytes.count
                }
            }
            func append(_ separator: UInt8) {
                target[count] = separator
                count += 1
            }
            append(uri)
            for (name, value) in request.headers {
                append(UInt8(ascii: "\n"))
                append(name)
                append(UInt8(ascii: ":"))
                append(value)
            }
            return count
        }
    }

    /// The target as it was sent.
    package var target: String { String(lines[0]) }
    package var query: Query { Query(of: lines[0]) }

    /// The fields in their order.
    package var fields: [(name: String, value: String)] {
        lines.dropFirst().map { line in
            let colon = line.utf8.firstIndex(of: UInt8(ascii: ":")) ?? line.endIndex
            return (String(line[..<colon]), String(Substring(line.utf8[colon...].dropFirst())))
        }
    }

    // By bytes: a sign that combines with the one before it must not hide a separator.
    private var lines: [Substring] {
        text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map(Substring.init)
    }
}
