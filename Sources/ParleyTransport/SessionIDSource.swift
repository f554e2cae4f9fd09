// SPDX-License-Identifier: Apache-2.0
internal import CParleyEpoll
internal import ParleyEngineIO

/// New ids for one loop, from the system's cryptographic generator, which is asked for sixteen at a time.
struct SessionIDSource {
    private let loop: Int
    private var words: [UInt64] = []

    init(loop: Int) { self.loop = loop }

    mutating func next() -> SessionID {
        if words.count < 2 { words = Self.random(32) }
        guard let high = words.popLast(), let low = words.popLast() else { return SessionID(loop: loop) }
        return SessionID(loop: loop, high: high, low: low)
    }

    /// So many words, or none when the system has none at once; 256 bytes always come whole (getrandom(2)).
    private static func random(_ count: Int) -> [UInt64] {
        Array(unsafeUninitializedCapacity: count) { buffer, initialized in
            let size = count * MemoryLayout<UInt64>.stride
            initialized = getrandom(buffer.baseAddress, size, 0) == size ? count : 0
        }
    }
}
