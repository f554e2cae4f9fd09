// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import parley

@Suite("The configuration file")
struct ConfigurationTests {
    private func file(_ text: String) throws(ConfigurationFile.Failure) -> ConfigurationFile {
        try ConfigurationFile(Array(text.utf8), path: "f")
    }

    private func faults(_ text: String) -> [String] {
        do throws(ConfigurationFile.Failure) { _ = try file(text) } catch { return error.faults }
        return []
    }

    @Test("A sound file has its values, and knows where they stand")
    func sound() throws {
        let file = try file("{\n \"port\": 8080,\n\n \"origin\": [\"a,b\"], \"lan\": true }\n")
        #expect(file.values["port"] == 8080 && file.values["origin"] == ["a,b"] && file.values["lan"] == true)
        #expect(file.place(of: "port") == "f:2" && file.place(of: "origin") == "f:4" && file.place(of: "lan") == "f:4")
    }

    @Test(
        "What is wrong is said with the line, the key and what to do",
        arguments: [
            ("{\"prot\": 1}", #"f:1: "prot" is no setting. Did you mean "port"?"#),
            ("{\n\"MAX_PAYLOAD\": 1}", #"f:2: "MAX_PAYLOAD" is no setting. Did you mean "max-payload"?"#),
            ("{\"out\": \"c\"}", #"f:1: "out" is no setting. Did you mean "certs"?"#),
            ("{\"something else\": 1}", #"f:1: "something else" is no setting. See: parley config print."#),
            ("{\"port\": \"80\"}", #"f:1: "port" must be a whole number, without quotation marks."#),
            ("{\"port\": 1.5}", #"f:1: "port" must be a whole number, without quotation marks."#),
            ("{\"host\": 1}", #"f:1: "host" must be a text, in quotation marks."#),
            ("{\"origin\": \"a\"}", #"f:1: "origin" must be an array of texts, such as ["…"]."#),
            ("{\"origin\": [1]}", #"f:1: "origin" must be an array of texts, such as ["…"]."#),
            ("{\"lan\": \"yes\"}", #"f:1: "lan" must be true or false."#),
            ("{\"port\": 1,\n\"port\": 2}", #"f: "port" stands in lines 1 and 2. Leave one."#),
            ("[1]", #"f:1: must hold one JSON object, such as {"port": 3000}."#),
        ])
    func unsound(text: String, fault: String) { #expect(faults(text) == [fault]) }

    @Test("All faults are said at once, and a file that is no JSON by its line")
    func many() {
        #expect(faults("{\"a\": 1, \"port\": true,\n\"lan\": 3}").count == 3)
        #expect(faults("{\n\"port\": 1\n\"lan\": true}").first?.hasPrefix("f:3: is no JSON: ") == true)
        #expect(faults("").count == 1)
    }

    @Test("A name within a value is no key")
    func nested() {
        #expect(faults(#"{"host": "\"port\":", "origin": ["port", "host"]}"#).isEmpty)
    }

    @Test("Every option of the server is a setting, by the default that its help names")
    func complete() {
        let help = Serve.helpMessage(columns: 10_000)
        let lines = help.split(separator: "\n").map { $0.drop { $0 == " " } }.filter { $0.hasPrefix("-") }
        let options = lines.map { line in
            line.split(separator: "  ", maxSplits: 1)[0].split(separator: " ").filter { $0.hasPrefix("--") }
                .map { String($0.drop { $0 == "-" }.prefix { $0 != "," }) }
        }
        let ours = options.filter { $0 != ["config"] && $0 != ["help"] && $0 != ["version"] }
        #expect(Set(ours.map(Set.init)) == Set(SettingKey.all.map { Set([$0.name] + $0.aliases) }))
        for (line, names) in zip(lines, options) {
            guard let mark = line.range(of: "(default: "), let key = names.compactMap(SettingKey.named).first else {
                continue
            }
            let standard = line[mark.upperBound...].prefix { $0 != ")" }
            #expect(key.standard == standard, "\(key.name)")
        }
    }
}
