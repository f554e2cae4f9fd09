// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser

struct Serve: AsyncParsableCommand {
    func run() async throws {}
}
