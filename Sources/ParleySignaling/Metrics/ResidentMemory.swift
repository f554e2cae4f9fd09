// SPDX-License-Identifier: Apache-2.0
#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif

/// What the process takes of the machine's memory.
package enum ResidentMemory {
    /// Reads a file of `/proc` that the kernel makes at once. Zero where there is none.
    package static var bytes: Int {
        let file = open("/proc/self/statm", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return 0 }
        defer { close(file) }
        var text = [UInt8](repeating: 0, count: 128)
        let count = read(file, &text, text.count)
        guard count > 0 else { return 0 }
        // The second number of statm, in pages (proc_pid_statm(5)).
        let numbers = String(decoding: text[..<count], as: UTF8.self).split(separator: " ")
        return (numbers.dropFirst().first.flatMap { Int($0) } ?? 0) * sysconf(Int32(_SC_PAGESIZE))
    }
}
