// SPDX-License-Identifier: Apache-2.0
internal import NIOCore

/// Bytes that never change, for every thread, in one allocation; a `ByteBuffer` takes two, and an array looks up what it is
/// an array of.
///
/// Unchecked: written once, before anybody else has it.
struct KeptBytes: @unchecked Sendable {
    private final class Storage: ManagedBuffer<Int, UInt8> {}

    private let storage: ManagedBuffer<Int, UInt8>

    /// Holds what `body` writes to memory of `bound` bytes, as many as it says.
    init(bound: Int, _ body: (UnsafeMutableRawBufferPointer) -> Int) {
        storage = Storage.create(minimumCapacity: bound) { _ in 0 }
        storage.withUnsafeMutablePointers { count, bytes in
            count.pointee = body(UnsafeMutableRawBufferPointer(start: bytes, count: bound))
        }
    }

    /// Holds a copy.
    init(_ bytes: UnsafeRawBufferPointer) {
        self.init(bound: bytes.count) { space in
            space.copyMemory(from: bytes)
            return bytes.count
        }
    }

    var count: Int { storage.header }

    func withUnsafeBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try storage.withUnsafeMutablePointers { count, bytes throws(Failure) in
            try body(UnsafeRawBufferPointer(start: bytes, count: count.pointee))
        }
    }
}

extension ByteBuffer {
    /// The readable bytes.
    var kept: KeptBytes { withUnsafeReadableBytes { KeptBytes($0) } }
}
