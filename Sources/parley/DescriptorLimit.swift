// SPDX-License-Identifier: Apache-2.0
#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif

/// How many files and connections the system lets this process have open.
enum DescriptorLimit {
    /// What the process keeps for itself: listeners, loops, standard streams.
    private static let reserve = 64

    /// Raises the limit to what the system allows without privileges, and returns how many connections fit under it.
    static func raised() -> Int {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 1024 - reserve }
        limit.rlim_cur = limit.rlim_max
        // When it cannot be raised it stays as it was, which the second look tells.
        _ = setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        _ = getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        return max(1, Int(min(limit.rlim_cur, 10_000_000)) - reserve)
    }
}
