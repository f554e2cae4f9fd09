// SPDX-License-Identifier: Apache-2.0
internal import CParleyJansson
internal import OrderedCollections

extension JSON {
    /// Parses with jansson alone. The caller has bounded the depth: jansson recurses, and so does the conversion.
    init(jansson bytes: UnsafeRawBufferPointer) throws(JSONError) {
        guard let base = bytes.baseAddress else { throw JSONFault.unexpectedEnd.error(at: 0) }
        var error = json_error_t()
        let flags = Int(JSON_DECODE_ANY | JSON_ALLOW_NUL)
        guard let root = json_loadb(base.assumingMemoryBound(to: CChar.self), bytes.count, flags, &error) else {
            throw JSONError(jansson: error, limit: bytes.count)
        }
        defer { json_decref(root) }
        self.init(tree: root)
    }

    /// Copies a tree of jansson's.
    private init(tree: UnsafeMutablePointer<json_t>) {
        switch tree.pointee.type {
        case JSON_OBJECT: self = .object(Self.members(of: tree))
        case JSON_ARRAY: self = .array(Self.elements(of: tree))
        case JSON_STRING: self = .string(Self.text(of: tree))
        case JSON_INTEGER: self = .int(json_integer_value(tree))
        case JSON_REAL: self = .double(json_real_value(tree))
        case JSON_TRUE: self = .bool(true)
        case JSON_FALSE: self = .bool(false)
        default: self = .null
        }
    }

    private static func members(of tree: UnsafeMutablePointer<json_t>) -> OrderedDictionary<String, JSON> {
        var members = OrderedDictionary<String, JSON>(minimumCapacity: json_object_size(tree))
        var iterator = json_object_iter(tree)
        while let current = iterator {
            // jansson refuses U+0000 in keys, so the terminator is the end.
            if let key = json_object_iter_key(current), let value = json_object_iter_value(current) {
                members[String(cString: key)] = JSON(tree: value)
            }
            iterator = json_object_iter_next(tree, current)
        }
        return members
    }

    private static func elements(of tree: UnsafeMutablePointer<json_t>) -> [JSON] {
        let count = json_array_size(tree)
        var elements: [JSON] = []
        elements.reserveCapacity(count)
        for index in 0..<count {
            if let element = json_array_get(tree, index) { elements.append(JSON(tree: element)) }
        }
        return elements
    }

    private static func text(of tree: UnsafeMutablePointer<json_t>) -> String {
        guard let start = json_string_value(tree) else { return "" }
        let bytes = UnsafeRawBufferPointer(start: start, count: json_string_length(tree))
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension JSONError {
    /// Takes over jansson's message, less the piece of input it quotes: that may be a secret.
    fileprivate init(jansson error: json_error_t, limit: Int) {
        var error = error
        let text = parley_json_error_text(&error).map { String(cString: $0) } ?? "not JSON"
        // Two forms quote: "... expected near 'x'" and "invalid Unicode escape 'x'".
        let quote = text.firstRange(of: text.hasPrefix("invalid Unicode") ? " '" : " near '")
        let kept = String(text[..<(quote?.lowerBound ?? text.endIndex)])
        self.init(message: kept, offset: max(0, min(Int(error.position), limit)))
    }
}
