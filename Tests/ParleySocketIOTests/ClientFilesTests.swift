// SPDX-License-Identifier: Apache-2.0
import Foundation
import ParleyTransport
import Testing

@testable import ParleySocketIO

@Suite struct ClientFilesTests {
    private func assembly(_ modules: [String: String]) throws -> ClientAssembly {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        for (name, text) in modules {
            try text.write(to: folder.appendingPathComponent(name), atomically: true, encoding: .utf8)
        }
        return try ClientAssembly(modules: StaticFiles(directory: folder.path))
    }

    @Test func modulesAreJoinedOnceEachDependenciesFirst() throws {
        let made = try assembly([
            "index.js":
                "// note\nimport { b } from \"./b.js\";\nimport { c } from './c.js';\nexport { b };\nexport const io = b + c;\n",
            "b.js": "import { c } from \"./c.js\";\n/**\n * Words.\n */\nexport const b = c;\n",
            "c.js": "/** One line. */\nexport const c = 1;\n    // indented\n",
        ])
        #expect(
            made.script
                == "(() => {\n\"use strict\";\nconst c = 1;\nconst b = c;\nconst io = b + c;\nglobalThis.io = io;\n})();\n"
        )
        #expect(made.module.hasPrefix("const c = 1;\nconst b = c;\nconst io = b + c;\nexport { io,"))
    }

    @Test func aMissingModuleIsNamed() {
        #expect(throws: ClientAssembly.MissingModule.self) {
            try assembly(["index.js": "import { x } from \"./gone.js\";\n"])
        }
    }
}
