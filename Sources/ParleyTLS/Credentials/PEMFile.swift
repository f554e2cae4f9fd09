// SPDX-License-Identifier: Apache-2.0
#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif

/// A file with certificates or a key.
enum PEMFile {
    private static let maxBytes = 1 << 20

    /// What tells whether a file has changed. All zero when there is none.
    struct Version: Equatable {
        var device: UInt64 = 0
        var node: UInt64 = 0
        var size: Int64 = 0
        var written: [Int] = []
    }

    static func version(_ path: String) -> Version {
        var found = stat()
        guard stat(path, &found) == 0 else { return Version() }
        return Version(
            device: UInt64(found.st_dev), node: UInt64(found.st_ino), size: Int64(found.st_size),
            written: [found.st_mtim.tv_sec, found.st_mtim.tv_nsec, found.st_ctim.tv_sec, found.st_ctim.tv_nsec])
    }

    /// The bytes of a file, of which more than a mebibyte cannot be meant. Blocks.
    static func bytes(of path: String) throws(TLSFailure) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw failure(path) }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: maxBytes + 1)
        var count = 0
        while count < bytes.count {
            let got = bytes.withUnsafeMutableBytes {
                let room = UnsafeMutableRawBufferPointer(rebasing: $0[count...])
                return read(descriptor, room.baseAddress, room.count)
            }
            guard got >= 0 else { throw failure(path) }
            guard got > 0 else { break }
            count += got
        }
        guard count <= maxBytes else { throw TLSFailure("The file \(path) is too large to be a certificate or a key.") }
        return Array(bytes.prefix(count))
    }

    private static func failure(_ path: String) -> TLSFailure {
        TLSFailure("The file \(path) cannot be read: \(String(cString: strerror(errno))).")
    }
}
