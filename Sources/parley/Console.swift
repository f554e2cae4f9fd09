// SPDX-License-Identifier: Apache-2.0
#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif

/// What the commands say to the person who runs them.
enum Console {
    /// A line on standard output, written at once also when that is a pipe.
    static func print(_ line: String) { write(line, STDOUT_FILENO) }

    /// A line on standard error.
    static func warn(_ line: String) { write(line, STDERR_FILENO) }

    private static func write(_ line: String, _ descriptor: Int32) {
        var bytes = Array((line + "\n").utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else { return }
            bytes = bytes.dropFirst(count)
        }
    }
}

/// A port that could not be listened on.
struct ListenFailure: Error, CustomStringConvertible {
    var host: String
    var port: Int
    var cause: any Error

    var description: String {
        """
        Could not listen on \(host) port \(port): \(cause).
        Another program may use the port (see: ss -ltnp 'sport = :\(port)'); choose another one.
        """
    }
}
