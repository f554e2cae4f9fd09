// SPDX-License-Identifier: Apache-2.0
internal import NIOCore
internal import ParleyEngineIO
internal import ParleyJSON

/// The members of a signal that go on, as they came: at most four runs of the packet's bytes, since at most three members
/// are taken out. Valid as long as those bytes are.
struct SignalMembers {
    private let bytes: UnsafeRawBufferPointer
    private var runs: (Range<Int>, Range<Int>, Range<Int>, Range<Int>) = (0..<0, 0..<0, 0..<0, 0..<0)
    private var runCount = 0
    /// With the commas between the runs.
    private(set) var count = 0

    /// Members that were put together elsewhere.
    init(joined bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
        if !bytes.isEmpty { add(0..<bytes.count) }
    }

    /// Those of the object that `scan` has surveyed, but for `skipped`.
    init(_ bytes: UnsafeRawBufferPointer, _ scan: JSONScan, skipped: (first: Int, second: Int, third: Int)) {
        self.bytes = bytes
        var start: Int?
        var end = 0
        let members = scan.members
        for index in members.indices {
            if index == skipped.first || index == skipped.second || index == skipped.third {
                if let begun = start.take() { add(begun..<end) }
            } else {
                if start == nil { start = members[index].keyStart }
                end = members[index].value.end
            }
        }
        if let start { add(start..<end) }
    }

    var isEmpty: Bool { count == 0 }

    private mutating func add(_ run: Range<Int>) {
        switch runCount {
        case 0: runs.0 = run
        case 1: runs.1 = run
        case 2: runs.2 = run
        default: runs.3 = run
        }
        count += run.count + (runCount == 0 ? 0 : 1)
        runCount += 1
    }

    func write(to writer: inout PacketWriter) {
        guard runCount > 0 else { return }
        writer.write(UnsafeRawBufferPointer(rebasing: bytes[runs.0]))
        if runCount > 1 { write(runs.1, to: &writer) }
        if runCount > 2 { write(runs.2, to: &writer) }
        if runCount > 3 { write(runs.3, to: &writer) }
    }

    private func write(_ run: Range<Int>, to writer: inout PacketWriter) {
        writer.write(UInt8(ascii: ","))
        writer.write(UnsafeRawBufferPointer(rebasing: bytes[run]))
    }

    /// A copy with memory of its own.
    var kept: KeptBytes {
        KeptBytes(bound: count) {
            var writer = PacketWriter($0)
            write(to: &writer)
            return writer.count
        }
    }
}
