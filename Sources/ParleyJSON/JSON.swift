// SPDX-License-Identifier: Apache-2.0
public import NIOCore
public import OrderedCollections

/// A JSON value, plus `.binary`: bytes carried beside the text (a Socket.IO attachment).
///
/// Equality is strict: `.int(3)` is not `.double(3)`, the members of an object must be in the same order, and strings
/// (keys too) compare as Swift strings do, by canonical equivalence. A value nested deeper than `maxDepth` can be built
/// by hand; writing and searching it uses stack in proportion. No parsed value is deeper.
public enum JSON: Sendable, Hashable {
    /// `null`.
    case null
    /// `true` or `false`.
    case bool(Bool)
    /// A number written without fraction or exponent that fits.
    case int(Int64)
    /// Any other number. NaN and the infinities can be held but are written as `null`.
    case double(Double)
    /// A string; may contain U+0000.
    case string(String)
    /// An array.
    case array([JSON])
    /// An object, its members in the order of the text.
    case object(OrderedDictionary<String, JSON>)
    /// Bytes carried beside the text.
    case binary(ByteBuffer)

    /// How deep arrays and objects may be nested in a text: 128 are parsed, 129 refused.
    public static let maxDepth = 128
}

extension JSON: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByFloatLiteral, ExpressibleByStringLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    /// `nil` is `.null`.
    public init(nilLiteral: ()) {
        self = .null
    }

    /// `true` and `false`.
    public init(booleanLiteral value: Bool) {
        self = .bool(value)
    }

    /// Integers become `.int`.
    public init(integerLiteral value: Int64) {
        self = .int(value)
    }

    /// Numbers with a fraction or exponent become `.double`.
    public init(floatLiteral value: Double) {
        self = .double(value)
    }

    /// Strings become `.string`.
    public init(stringLiteral value: String) {
        self = .string(value)
    }

    /// Arrays become `.array`.
    public init(arrayLiteral elements: JSON...) {
        self = .array(elements)
    }

    /// Dictionaries become `.object`, in the order written. Of members with the same key the last wins, in the first's
    /// place, as in `JSON.parse`.
    public init(dictionaryLiteral elements: (String, JSON)...) {
        var members = OrderedDictionary<String, JSON>(minimumCapacity: elements.count)
        for (key, value) in elements { members[key] = value }
        self = .object(members)
    }
}
