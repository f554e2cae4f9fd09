// SPDX-License-Identifier: Apache-2.0
internal import NIOConcurrencyHelpers
internal import ParleyJSON

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif

/// Values from the environment, `PARLEY_` and the name of the option, and behind it from the configuration file. Read before
/// the command line is parsed: what stands there wins.
enum Setting {
    private struct Sources {
        var file: ConfigurationFile?
        var hasEnvironment = true
    }

    private static let sources = NIOLockedValueBox(Sources())

    /// From now on values come from this file as well, or with `alone` from nowhere else.
    static func use(_ file: ConfigurationFile?, alone: Bool = false) {
        sources.withLockedValue { $0 = Sources(file: file, hasEnvironment: !alone) }
    }

    static var file: ConfigurationFile? { sources.withLockedValue { $0.file } }

    static func text(_ name: String) -> String? { environment(name) ?? filed(name)?.settingText }

    /// Values with commas between them in the environment, and an array in the file.
    static func list(_ name: String) -> [String] {
        if let text = environment(name) { return text.split(separator: ",").map(String.init) }
        return filed(name)?.arrayValue?.compactMap(\.stringValue) ?? []
    }

    /// A number; one that cannot be read is said and ends the program, before anything listens.
    static func number(_ name: String) -> Int? {
        guard let text = text(name) else { return nil }
        if let number = Int(text) { return number }
        Console.warn("parley: PARLEY_\(name) must be a whole number, not \"\(text)\".")
        exit(64)
    }

    /// Whether a flag is set; a word that is neither yes nor no is said and ends the program.
    static func flag(_ name: String) -> Bool {
        guard let text = text(name) else { return false }
        switch text.lowercased() {
        case "true", "yes", "on", "1": return true
        case "false", "no", "off", "0": return false
        default:
            Console.warn("parley: PARLEY_\(name) must be true or false, not \"\(text)\".")
            exit(64)
        }
    }

    /// What a variable says. Empty is as if it were not there.
    static func environment(_ name: String) -> String? {
        guard sources.withLockedValue({ $0.hasEnvironment }), let value = getenv("PARLEY_" + name) else { return nil }
        let text = String(cString: value)
        return text.isEmpty ? nil : text
    }

    private static func filed(_ name: String) -> JSON? {
        sources.withLockedValue { sources in
            sources.file.flatMap { $0.values[name.lowercased().replacing("_", with: "-")] }
        }
    }
}

extension JSON {
    /// A value of the configuration file as it would stand on the command line.
    var settingText: String {
        if let elements = arrayValue { return elements.map(\.settingText).joined(separator: ",") }
        return stringValue ?? text
    }
}

/// Looks at folders.
enum Folder {
    static func exists(_ path: String) -> Bool { access(path, R_OK) == 0 }
}
