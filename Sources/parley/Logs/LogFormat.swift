// SPDX-License-Identifier: Apache-2.0
internal import Foundation
internal import Logging
internal import ParleyJSON
internal import ParleySocketIO

/// How a line of the log looks. Whatever it tells of, it is one line, and holds nothing that a terminal takes for a
/// command.
enum LogFormat: String, Sendable {
    case text, json

    /// - Parameter at: milliseconds since 1970.
    func line(
        _ level: Logger.Level, _ message: String, _ fields: JSON = [:], at milliseconds: Int64 = WallClock.milliseconds
    ) -> String {
        let time = Self.time(milliseconds)
        let members = fields.objectValue ?? [:]
        switch self {
        case .json:
            let first: [(String, JSON)] = [
                ("time", .string(time)), ("level", .string(level.rawValue)), ("message", .string(message)),
            ]
            // What a field of the same name says gives way.
            return JSON.object(.init(first + members.map { ($0.key, $0.value) }) { own, _ in own }).text
        case .text:
            let words = members.map { "\($0)=\(Self.word($1))" }
            return ([time, level.rawValue, Self.shown(message)] + words).joined(separator: " ")
        }
    }

    /// As in ISO 8601. Foundation cuts milliseconds off where a `Date` holds a hair less.
    private static func time(_ milliseconds: Int64) -> String {
        var seconds = time_t(milliseconds / 1_000)
        var utc = tm()
        gmtime_r(&seconds, &utc)
        func two(_ number: Int32) -> Substring { String(100 + number).dropFirst() }
        let day = "\(1_900 + utc.tm_year)-\(two(utc.tm_mon + 1))-\(two(utc.tm_mday))"
        let fraction = String(1_000 + milliseconds % 1_000).dropFirst()
        return "\(day)T\(two(utc.tm_hour)):\(two(utc.tm_min)):\(two(utc.tm_sec)).\(fraction)Z"
    }

    /// A value as one word, or in quotation marks.
    private static func word(_ value: JSON) -> String {
        guard case .string(let text) = value else { return shown(value.text) }
        let isPlain = !text.isEmpty && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x22 && $0 != 0x3D }
        return isPlain ? text : shown(value.text)
    }

    private static func shown(_ text: String) -> String {
        if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return text }
        var shown = ""
        for scalar in text.unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator:
                shown += "\\u{\(String(scalar.value, radix: 16))}"
            default: shown.unicodeScalars.append(scalar)
            }
        }
        return shown
    }
}
