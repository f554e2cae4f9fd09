// SPDX-License-Identifier: Apache-2.0
internal import FoundationEssentials
package import NIOCore
internal import NIOHTTP1

/// Files that are held in memory with their compressed forms, and served with an entity tag.
package struct StaticFiles: Sendable {
    /// One file, ready to be sent.
    package struct File: Sendable {
        package var type: String
        package var body: ByteBuffer
        fileprivate var gzip: ByteBuffer?
        fileprivate var tag: String

        package init(type: String, body: ByteBuffer) {
            self.type = type
            self.body = body
            tag = "\"\(String(Self.hash(body), radix: 16))\""
            let compressed = body.readableBytes > 512 ? Compression.compress(body, .gzip) : nil
            gzip = compressed.flatMap { $0.readableBytes < body.readableBytes ? $0 : nil }
        }

        /// FNV-1a, 64 bits: tells versions of a file apart, nothing more.
        private static func hash(_ body: ByteBuffer) -> UInt64 {
            body.readableBytesView.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        }

        /// The answer to a request for this file.
        package func response(to request: HTTPRequest, fields: [(String, String)] = []) -> HTTPResponse {
            let known = request.head.list("if-none-match")
            var response = HTTPResponse(status: 200, type: type, body: body)
            if known.contains(where: { $0 == tag || $0 == "W/" + tag }) {
                response = HTTPResponse(status: 304)
            } else if let gzip, Compression.coding(accepted: request.head.first("accept-encoding")) == .gzip {
                response.body = gzip
                response.fields.append(("Content-Encoding", "gzip"))
            }
            response.fields += [("Cache-Control", "public, max-age=0"), ("ETag", tag), ("Vary", "Accept-Encoding")]
            response.fields += fields
            return response
        }
    }

    /// The files by their path below the folder, such as `app/main.js`.
    package private(set) var files: [String: File] = [:]

    /// Reads all files of a folder, except hidden ones. Blocks; for the start of a server.
    package init(directory: String) throws {
        let manager = FileManager.default
        for path in try manager.subpathsOfDirectory(atPath: directory) {
            guard !path.split(separator: "/").contains(where: { $0.hasPrefix(".") }) else { continue }
            guard let type = Self.types[path.split(separator: ".").last.map(String.init) ?? ""] else { continue }
            guard let data = manager.contents(atPath: directory + "/" + path) else { continue }
            files[path] = File(type: type, body: ByteBuffer(bytes: data))
        }
    }

    private static let types = [
        "html": "text/html; charset=utf-8", "css": "text/css; charset=utf-8",
        "js": "application/javascript; charset=utf-8", "mjs": "application/javascript; charset=utf-8",
        "map": "application/json; charset=utf-8", "json": "application/json; charset=utf-8",
        "svg": "image/svg+xml", "png": "image/png", "ico": "image/x-icon", "txt": "text/plain; charset=utf-8",
        "webmanifest": "application/manifest+json", "wasm": "application/wasm", "woff2": "font/woff2",
    ]
}

/// Serves a folder at `/`, with `index.html` for the folder itself.
package struct StaticRoute: HTTPRoute {
    private let files: StaticFiles

    package init(_ files: StaticFiles) { self.files = files }

    package func handle(_ exchange: HTTPExchange) -> Bool {
        let request = exchange.request
        var path = Query.decode(request.path.dropFirst())
        if path.isEmpty || path.hasSuffix("/") { path += "index.html" }
        guard let file = files.files[path] else { return leadsToFolder(exchange, path) }
        guard request.method == .GET || request.method == .HEAD else {
            exchange.respond(.text(405, "This can only be read."))
            return true
        }
        exchange.respond(file.response(to: request, fields: Self.security))
        return true
    }

    /// `/doctor` is `/doctor/`, which its page's relative links need.
    private func leadsToFolder(_ exchange: HTTPExchange, _ path: String) -> Bool {
        guard files.files[path + "/index.html"] != nil else { return false }
        var response = HTTPResponse(status: 308)
        response.fields = [("Location", "/\(path)/")]
        exchange.respond(response)
        return true
    }

    /// The pages load nothing from elsewhere, and nothing may frame them.
    private static let security = [
        (
            "Content-Security-Policy",
            "default-src 'self'; connect-src 'self' ws: wss:; img-src 'self' data: blob:; media-src 'self' blob:; "
                + "object-src 'none'; base-uri 'none'; frame-ancestors 'self'"
        ),
        ("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "no-referrer"),
    ]
}
