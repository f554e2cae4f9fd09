// SPDX-License-Identifier: Apache-2.0
internal import NIOHTTP1

/// The forms of a request head that two parsers could read differently (RFC 9112 §11.2, request smuggling). The decoder
/// refuses most of them itself; what it forgives is refused here.
enum RequestStrictness {
    /// The status and words of a refusal, nil when the head is sound.
    static func fault(in head: HTTPRequestHead, _ configuration: TransportConfiguration) -> (status: Int, text: String)?
    {
        let headers = head.headers
        guard headers.count <= configuration.maxHeaderFields else {
            return (431, "More than \(configuration.maxHeaderFields) header fields.")
        }
        var size = head.uri.utf8.count + 16
        var hosts = 0
        var lengths: [String] = []
        var codings: [String] = []
        for (name, value) in headers {
            size += name.utf8.count + value.utf8.count + 4
            guard FieldText.isToken(name), FieldText.isValue(value) else {
                return (400, "A header field holds a forbidden byte.")
            }
            if FieldText.matches(name, "host") {
                hosts += value.utf8.contains(UInt8(ascii: ",")) ? 2 : 1
            } else if FieldText.matches(name, "content-length") {
                lengths.append(value)
            } else if FieldText.matches(name, "transfer-encoding") {
                codings.append(value)
            }
        }
        guard size <= configuration.maxHeadBytes else {
            return (431, "A request head of more than \(configuration.maxHeadBytes) bytes.")
        }
        guard head.version.major == 1, head.version.minor <= 1 else {
            return (505, "Only HTTP/1.0 and HTTP/1.1 are spoken here.")
        }
        guard hosts == 1 || (hosts == 0 && head.version == .http1_0) else {
            return (400, "A request needs one Host field.")
        }
        guard lengths.count <= 1, codings.count <= 1, lengths.isEmpty || codings.isEmpty else {
            return (400, "The length of the body is given twice.")
        }
        if let length = lengths.first {
            guard !length.isEmpty, length.utf8.count <= 18, length.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else {
                return (400, "Content-Length is not a number.")
            }
        }
        if let coding = codings.first {
            guard coding.lowercased() == "chunked", head.version == .http1_1 else {
                return (400, "The only transfer coding taken is chunked.")
            }
        }
        return nil
    }
}
