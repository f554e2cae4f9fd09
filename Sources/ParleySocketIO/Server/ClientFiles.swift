// SPDX-License-Identifier: Apache-2.0
internal import NIOCore
internal import NIOHTTP1
package import ParleyTransport

/// Serves the browser client below the endpoint's path, since most pages load their client from their server.
package struct ClientFiles: HTTPRoute {
    private let prefix: String
    private let files: [String: StaticFiles.File]
    private let origins: OriginPolicy

    /// The names the official server answers to, each also with `.map`.
    private static let names = ["socket.io.js", "socket.io.min.js", "socket.io.esm.min.js", "socket.io.msgpack.min.js"]

    /// Serves a folder that holds files of the official names.
    package init(directory: String, configuration: TransportConfiguration) throws {
        let names = Self.names + Self.names.map { $0 + ".map" }
        let folder = try StaticFiles(directory: directory)
        self.init(files: folder.files.filter { names.contains($0.key) }, configuration)
    }

    /// Serves Parley's own client, put together from its modules.
    /// - Parameter modules: the folder of the modules, with `index.js` as their root.
    package init(modules: String, configuration: TransportConfiguration) throws {
        let assembly = try ClientAssembly(modules: StaticFiles(directory: modules))
        let type = "application/javascript; charset=utf-8"
        let script = StaticFiles.File(type: type, body: ByteBuffer(string: assembly.script))
        let module = StaticFiles.File(type: type, body: ByteBuffer(string: assembly.module))
        let files = ["socket.io.js": script, "socket.io.min.js": script, "socket.io.esm.min.js": module]
        self.init(files: files, configuration)
    }

    private init(files: [String: StaticFiles.File], _ configuration: TransportConfiguration) {
        self.files = files
        prefix = configuration.prefix
        origins = configuration.origins
    }

    package func handle(_ exchange: HTTPExchange) -> Bool {
        let request = exchange.request
        guard request.method == .GET || request.method == .HEAD, request.path.hasPrefix(prefix),
            let file = files[String(request.path.dropFirst(prefix.count))]
        else { return false }
        exchange.respond(file.response(to: request, fields: origins.fields(for: request)))
        return true
    }
}

/// Makes one script of the client's ES modules: imports are followed depth-first from `index.js`, each module once, and
/// everything shares one scope. `web/README.md` holds the rules that the modules obey.
struct ClientAssembly {
    /// A classic script that sets `io`.
    let script: String
    /// An ES module that exports `io`, `Manager`, `Socket` and `protocol`.
    let module: String

    init(modules: StaticFiles) throws {
        var seen: Set<String> = []
        var body = ""
        try Self.append("index.js", from: modules, &seen, &body)
        script = "(() => {\n\"use strict\";\n\(body)globalThis.io = io;\n})();\n"
        module = body + "export { io, Manager, Socket, protocol, io as connect, io as default };\n"
    }

    struct MissingModule: Error, CustomStringConvertible {
        let name: String
        var description: String { "the client's module \(name) is missing" }
    }

    private static func append(
        _ name: String, from modules: StaticFiles, _ seen: inout Set<String>, _ body: inout String
    ) throws {
        guard seen.insert(name).inserted else { return }
        guard let file = modules.files[name] else { throw MissingModule(name: name) }
        let lines = String(buffer: file.body).split(separator: "\n")
        for line in lines where line.hasPrefix("import ") {
            guard let path = line.split(whereSeparator: { $0 == "\"" || $0 == "'" }).dropFirst().first else { continue }
            try append(path.hasPrefix("./") ? String(path.dropFirst(2)) : String(path), from: modules, &seen, &body)
        }
        var isInComment = false
        for line in lines {
            let trimmed = line.drop { $0 == " " || $0 == "\t" }
            if isInComment || trimmed.hasPrefix("/**") {
                isInComment = !trimmed.hasSuffix("*/")
                continue
            }
            guard !trimmed.hasPrefix("//"), !line.hasPrefix("import "), !line.hasPrefix("export {") else { continue }
            body += line.hasPrefix("export ") ? line.dropFirst(7) : trimmed
            body += "\n"
        }
    }
}
