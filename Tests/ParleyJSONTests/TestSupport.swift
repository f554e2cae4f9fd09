// SPDX-License-Identifier: Apache-2.0
import NIOCore
import ParleyJSON

#if DEBUG
    let fuzzRounds = 20_000
#else
    let fuzzRounds = 200_000
#endif

/// Runs `body` on bytes that end where their memory ends, so that the sanitizers see a read beyond them.
func withBytes<T>(_ bytes: some Collection<UInt8>, _ body: (UnsafeRawBufferPointer) throws -> T) rethrows -> T {
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
    defer { memory.deallocate() }
    memory.copyBytes(from: bytes)
    return try body(UnsafeRawBufferPointer(memory))
}

func validate(_ bytes: some Collection<UInt8>) -> JSONError? {
    withBytes(bytes) { JSONScan.validate($0) }
}

/// jansson's opinion: nil, or why not.
func janssonError(_ bytes: some Collection<UInt8>) -> JSONError? {
    withBytes(bytes) { raw in
        do throws(JSONError) {
            _ = try JSON(parsing: raw)
            return nil
        } catch {
            return error
        }
    }
}

/// Whether jansson gave one of the reasons for which it is known to refuse what `JSON.parse` accepts.
func isKnownDifference(_ error: JSONError) -> Bool {
    ["invalid Unicode", "NUL byte in object key", "real number overflow"].contains { error.message.hasPrefix($0) }
}
