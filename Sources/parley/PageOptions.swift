// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import ParleySocketIO
internal import ParleyTransport

/// The page and the client files that the server hands out.
struct PageOptions: ParsableArguments {
    @Option(help: "The folder of the web page.") var web: String?
    @Flag(name: .customLong("no-web"), help: "Serve no page.") var hasNoWeb = false
    @Option(help: "A folder with the official Socket.IO client files, to be served in place of Parley's own.")
    var clientDir: String?

    private var hasPage: Bool { !hasNoWeb && !Setting.flag("NO_WEB") }

    /// Adds their routes. Whether there is a page. Blocks.
    func furnish(_ configuration: inout SocketIOConfiguration) throws -> Bool {
        let folder = try folder()
        if let client = try clientFiles(folder, configuration.transport) { configuration.routes.append(client) }
        guard let folder, hasPage else { return false }
        configuration.routes.append(StaticRoute(try reading(folder) { try StaticFiles(directory: folder) }))
        return true
    }

    /// The folder of the page: the named one, else `web` here or beside the program.
    private func folder() throws -> String? {
        if let named = web ?? Setting.text("WEB") {
            guard Folder.exists(named + "/index.html") else {
                throw FolderFailure(
                    folder: named, what: "index.html",
                    advice: "Name the folder of the page with --web, or use --no-web.")
            }
            return named
        }
        let program =
            CommandLine.arguments.first?.split(separator: "/", omittingEmptySubsequences: false).dropLast() ?? []
        let candidates = ["web", (program + ["..", "share", "parley", "web"]).joined(separator: "/")]
        let found = candidates.first { Folder.exists($0 + "/index.html") }
        if found == nil, hasPage {
            Log.warn("no folder with the page was found; serving none. Name it with --web.")
        }
        return found
    }

    private func clientFiles(_ page: String?, _ transport: TransportConfiguration) throws -> ClientFiles? {
        if let clientDir = clientDir ?? Setting.text("CLIENT_DIR") {
            return try reading(clientDir) { try ClientFiles(directory: clientDir, configuration: transport) }
        }
        guard let page else { return nil }
        return try reading(page) { try ClientFiles(modules: page + "/socket.io", configuration: transport) }
    }

    private func reading<Value>(_ folder: String, _ read: () throws -> Value) throws -> Value {
        do { return try read() } catch {
            throw FolderFailure(folder: folder, what: "its files", advice: "\(error)")
        }
    }
}

/// A folder that cannot be served.
private struct FolderFailure: Error, CustomStringConvertible {
    var folder: String
    var what: String
    var advice: String

    var description: String { "Could not read \(what) in the folder \(folder). \(advice)" }
}
