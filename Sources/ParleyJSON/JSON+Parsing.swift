// SPDX-License-Identifier: Apache-2.0
public import NIOCore

extension JSON {
    /// Parses one JSON value of any kind; white space around it is allowed.
    ///
    /// jansson does the parsing. Where that is stricter than `JSON.parse`, so is this: lone surrogate escapes, `\u0000`
    /// in a key and numbers beyond the range of a double are refused. Integers beyond 64 bits become doubles. Of
    /// members with the same key the last wins, in the first's place. Linear in the input.
    ///
    /// - Parameter bytes: The text in UTF-8, without a byte order mark; read during the call only.
    /// - Throws: Where and why the bytes are no such value, or are nested deeper than `maxDepth`.
    public init(parsing bytes: UnsafeRawBufferPointer) throws(JSONError) {
        let survey = try JSONSurvey(of: bytes)
        guard !survey.wideIntegerEnds.isEmpty else {
            self = try JSON(jansson: bytes)
            return
        }
        // The standard library's closures have no typed throws, here and below.
        let result = survey.respellingWideIntegers(of: bytes).withUnsafeBytes { text in
            Result { () throws(JSONError) in try JSON(jansson: text) }
        }
        self = try result.mapError { error in
            JSONError(message: error.message, offset: survey.originalOffset(of: error.offset))
        }.get()
    }

    /// Parses the readable bytes of `buffer`; they are not consumed. As `init(parsing:)` of bytes, without a copy.
    ///
    /// - Throws: Where and why they are no JSON value; the offset counts from the reader index.
    public init(parsing buffer: ByteBuffer) throws(JSONError) {
        self = try buffer.withUnsafeReadableBytes { (bytes) throws(JSONError) in try JSON(parsing: bytes) }
    }

    /// Parses `text`. As `init(parsing:)` of its UTF-8.
    ///
    /// - Throws: Where and why it is no JSON value; the offset counts UTF-8 bytes.
    public init(parsing text: String) throws(JSONError) {
        var text = text
        let result = text.withUTF8 { utf8 in
            Result { () throws(JSONError) in try JSON(parsing: UnsafeRawBufferPointer(utf8)) }
        }
        self = try result.get()
    }
}
