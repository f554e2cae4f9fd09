// SPDX-License-Identifier: Apache-2.0

/// The words of a command line.
struct CommandWords {
    private let words: ArraySlice<String>

    init(_ words: [String]) { self.words = words.prefix { $0 != "--" } }

    /// Whether one of these flags is there.
    func has(_ flags: [String]) -> Bool { words.contains(where: flags.contains) }

    /// The values that an option was given, by any of its names.
    func values(of names: [String]) -> [String] {
        words.indices.compactMap { index in
            let word = words[index]
            if names.contains(word), words.indices.contains(index + 1) { return words[index + 1] }
            return names.first { word.hasPrefix($0 + "=") }.map { String(word.dropFirst($0.count + 1)) }
        }
    }
}
