// SPDX-License-Identifier: Apache-2.0
internal import Foundation
internal import ParleySignaling

/// What the process takes of the machine. Zero where the system does not tell.
struct ProcessFigures {
    /// Seconds of all threads, also in the kernel for them.
    private(set) var cpuSeconds = 0.0
    private(set) var residentBytes = 0
    private(set) var openDescriptors = 0
    private(set) var maxDescriptors = 0

    /// Reads files of `/proc`: not for event loops.
    init() {
        var time = timespec()
        if clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time) == 0 {
            cpuSeconds = Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
        }
        residentBytes = ResidentMemory.bytes
        if let names = try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd") {
            // The one of this look at them is closed again.
            openDescriptors = max(0, names.count - 1)
        }
        var limit = rlimit()
        if getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 {
            maxDescriptors = Int(clamping: limit.rlim_cur)
        }
    }
}
