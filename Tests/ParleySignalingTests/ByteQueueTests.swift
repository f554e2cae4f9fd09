// SPDX-License-Identifier: Apache-2.0
import ParleyTestSupport
import Testing

@testable import ParleySignaling

@Suite struct ByteQueueTests {
    /// Against an array of everything that was ever put in, through random use.
    @Test(arguments: 0..<20) func itHoldsWhatAnArrayHolds(_ seed: Int) {
        var random = SeededGenerator(seed: UInt64(seed))
        var queue = ByteQueue()
        var all: [UInt8] = []
        var start = 0
        for _ in 0..<1_000 {
            switch Int.random(in: 0..<8, using: &random) {
            case 0...3:
                let bytes = (0..<Int.random(in: 0..<600, using: &random)).map { _ in
                    UInt8.random(in: 0...255, using: &random)
                }
                // Some with more room than they need.
                bytes.withUnsafeBytes { bytes in
                    queue.append(bound: bytes.count + Int.random(in: 0...9, using: &random)) { space in
                        space.copyMemory(from: bytes)
                        return bytes.count
                    }
                }
                all += bytes
            case 4...6:
                start = Int.random(in: start...all.count, using: &random)
                queue.drop(to: start)
            default:
                if Int.random(in: 0..<20, using: &random) == 0 {
                    queue.clear()
                    start = all.count
                }
                // What is gone stays gone.
                queue.drop(to: start / 2)
            }
            #expect(queue.start == start)
            #expect(queue.end == all.count)
            let from = Int.random(in: start...all.count, using: &random)
            let to = Int.random(in: from...all.count, using: &random)
            let isSame = queue[from..<to].elementsEqual(all[from..<to])
            #expect(isSame)
        }
        let outside = (queue[0..<start].count, queue[all.count..<all.count + 9].count)
        #expect(outside == (0, 0))
    }
}
