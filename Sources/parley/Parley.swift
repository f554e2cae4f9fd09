// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser

/// The command line.
@main
struct Parley: AsyncParsableCommand {
    static let version = "0.1.0"

    static let configuration = CommandConfiguration(
        commandName: "parley",
        abstract: "A WebRTC signaling server that speaks Socket.IO.",
        version: "parley \(version)",
        subcommands: [Serve.self, Config.self, Token.self, Certs.self, Echo.self],
        defaultSubcommand: Serve.self)

    static func main() async {
        Config.load(Array(CommandLine.arguments.dropFirst()))
        await main(nil)
    }
}
