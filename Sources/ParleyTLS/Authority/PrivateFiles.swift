// SPDX-License-Identifier: Apache-2.0
#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif

/// A folder with keys: made for its owner alone, files written whole or not at all. Blocks.
struct PrivateFiles {
    let folder: String

    init(_ folder: String) throws(TLSFailure) {
        self.folder = folder
        guard mkdir(folder, 0o700) != 0, errno != EEXIST else { return }
        throw TLSFailure("The folder \(folder) cannot be made: \(Self.reason). Name another one.")
    }

    func path(_ name: String) -> String { folder + "/" + name }

    func has(_ name: String) -> Bool { access(path(name), F_OK) == 0 }

    func read(_ name: String) throws(TLSFailure) -> [UInt8] { try PEMFile.bytes(of: path(name)) }

    /// Whether others than its owner may read a file.
    func isOpenToOthers(_ name: String) -> Bool {
        var found = stat()
        return stat(path(name), &found) == 0 && found.st_mode & 0o077 != 0
    }

    /// Writes a file beside its place, then puts it there: nobody ever sees half of it, or a key that others may read.
    ///
    /// - Parameter mode: who may read it, from its first byte on.
    func write(_ bytes: [UInt8], to name: String, mode: mode_t) throws(TLSFailure) {
        let place = path(name)
        let draft = place + ".\(getpid()).new"
        unlink(draft)
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode)
        guard descriptor >= 0 else { throw TLSFailure("The file \(place) cannot be written: \(Self.reason).") }
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else { break }
            rest = rest.dropFirst(count)
        }
        guard rest.isEmpty, fsync(descriptor) == 0, close(descriptor) == 0, rename(draft, place) == 0 else {
            let reason = Self.reason
            unlink(draft)
            throw TLSFailure("The file \(place) cannot be written: \(reason).")
        }
    }

    private static var reason: String { String(cString: strerror(errno)) }
}
