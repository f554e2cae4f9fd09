// SPDX-License-Identifier: Apache-2.0
internal import Foundation
internal import ParleyJSON

/// Settings in a file: one JSON object, whose keys are the names of the options.
struct ConfigurationFile: Sendable {
    /// What is wrong with a file, a line for each fault: where, what, and what to do.
    struct Failure: Error, CustomStringConvertible, Equatable {
        var faults: [String]
        var description: String { faults.joined(separator: "\n") }
    }

    private static let maxBytes = 1 << 20

    let path: String
    private let text: [UInt8]
    private(set) var values: [String: JSON] = [:]

    /// Reads a file, and finds every fault that can be seen in each key alone. Blocks.
    init(_ path: String) throws(Failure) {
        let bytes: Data
        do { bytes = try Data(contentsOf: URL(fileURLWithPath: path)) } catch {
            throw Failure(faults: ["\(path): cannot be read. Name a file that is there, and that this user may read."])
        }
        guard bytes.count <= Self.maxBytes else { throw Failure(faults: ["\(path): is too large to be meant."]) }
        try self.init([UInt8](bytes), path: path)
    }

    init(_ text: [UInt8], path: String) throws(Failure) {
        self.path = path
        self.text = text
        let json: JSON
        do throws(JSONError) { json = try JSON(parsing: String(decoding: text, as: UTF8.self)) } catch {
            let line = line(at: error.offset)
            throw Failure(faults: ["\(path):\(line): is no JSON: \(error.message). Mend it there, or just before."])
        }
        guard let members = json.objectValue else {
            throw Failure(faults: ["\(path):1: must hold one JSON object, such as {\"port\": 3000}."])
        }
        values = Dictionary(uniqueKeysWithValues: members.map { ($0.key, $0.value) })
        let faults = members.compactMap { fault(of: $0.key, $0.value) } + repeated(members.keys.elements)
        guard faults.isEmpty else { throw Failure(faults: faults) }
    }

    private func fault(of name: String, _ value: JSON) -> String? {
        guard let key = SettingKey.named(name) else {
            let advice = SettingKey.nearest(to: name).map { "Did you mean \"\($0.name)\"?" }
            return "\(place(of: name)): \"\(name)\" is no setting. \(advice ?? "See: parley config print.")"
        }
        return key.fault(of: value).map { "\(place(of: name)): \"\(name)\" \($0)." }
    }

    /// JSON takes the last of several; whoever wrote the file may not know.
    private func repeated(_ names: [String]) -> [String] {
        names.filter { lines(of: $0).count > 1 }.map { name in
            let lines = lines(of: name).map(String.init).joined(separator: " and ")
            return "\(path): \"\(name)\" stands in lines \(lines). Leave one."
        }
    }

    // MARK: Places

    /// `file:line` of a key.
    func place(of name: String) -> String { "\(path):\(lines(of: name).first ?? 1)" }

    /// The lines in which a member of the outermost object has this name.
    private func lines(of name: String) -> [Int] {
        let name = Array(JSON.string(name).text.utf8)
        var (line, depth, index, found) = (1, 0, 0, [Int]())
        while index < text.count {
            switch text[index] {
            case UInt8(ascii: "\n"): line += 1
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
            case UInt8(ascii: "\""):
                let end = endOfString(from: index)
                let after = text[end...].first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
                if depth == 1, after == UInt8(ascii: ":"), text[index..<end].elementsEqual(name) { found.append(line) }
                index = end - 1
            default: break
            }
            index += 1
        }
        return found
    }

    /// The place behind a string.
    private func endOfString(from start: Int) -> Int {
        var index = start + 1
        while index < text.count, text[index] != UInt8(ascii: "\"") {
            index += text[index] == UInt8(ascii: "\\") ? 2 : 1
        }
        return min(index + 1, text.count)
    }

    private func line(at offset: Int) -> Int { 1 + text.prefix(offset).count { $0 == UInt8(ascii: "\n") } }
}
