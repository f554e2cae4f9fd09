// SPDX-License-Identifier: Apache-2.0
#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif

/// Values from the environment: `PARLEY_` and the name of the option.
enum Setting {
    static func text(_ name: String) -> String? {
        guard let value = getenv("PARLEY_" + name) else { return nil }
        let text = String(cString: value)
        return text.isEmpty ? nil : text
    }

    /// Values with commas between them.
    static func list(_ name: String) -> [String] {
        text(name).map { $0.split(separator: ",").map(String.init) } ?? []
    }

    /// A number; one that cannot be read is said and ends the program, before anything listens.
    static func number(_ name: String) -> Int? {
        guard let text = text(name) else { return nil }
        if let number = Int(text) { return number }
        Console.warn("parley: PARLEY_\(name) must be a whole number, not \"\(text)\".")
        exit(64)
    }
}

/// Looks at folders.
enum Folder {
    static func exists(_ path: String) -> Bool { access(path, R_OK) == 0 }
}
