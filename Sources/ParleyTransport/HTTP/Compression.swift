// SPDX-License-Identifier: Apache-2.0
internal import CParleyZlib
package import NIOCore

/// gzip and deflate of whole bodies, by the system's zlib.
package enum Compression {
    /// The coding of RFC 9110 §8.4.1 and zlib's number for it.
    package enum Coding: String {
        case gzip, deflate

        fileprivate var windowBits: Int32 { self == .gzip ? 31 : 15 }
    }

    /// The preferred coding among those a client accepts, nil when it accepts neither.
    package static func coding(accepted: String?) -> Coding? {
        guard let accepted else { return nil }
        let names = accepted.lowercased().split(separator: ",").compactMap { item -> Substring? in
            let parts = item.split(separator: ";").map { $0.drop { $0 == " " } }
            let isRefused = parts.dropFirst().contains {
                $0 == "q=0" || $0.hasPrefix("q=0.0") && $0.allSatisfy { "q=0.".contains($0) }
            }
            return isRefused ? nil : parts.first?.prefix { $0 != " " }
        }
        if names.contains("gzip") || names.contains("*") { return .gzip }
        return names.contains("deflate") ? .deflate : nil
    }

    /// Compresses the body of an answer for a client that accepts it.
    static func apply(to response: inout HTTPResponse, accepted: String?) {
        guard let coding = coding(accepted: accepted), let body = compress(response.body, coding) else { return }
        response.body = body
        response.fields.append(("Content-Encoding", coding.rawValue))
    }

    /// The compressed bytes, nil when zlib fails.
    package static func compress(_ body: ByteBuffer, _ coding: Coding) -> ByteBuffer? {
        var stream = z_stream()
        guard parley_zlib_deflate_init(&stream, Z_DEFAULT_COMPRESSION, coding.windowBits) == Z_OK else { return nil }
        defer { deflateEnd(&stream) }
        var output = ByteBuffer()
        output.reserveCapacity(Int(deflateBound(&stream, UInt(body.readableBytes))))
        let status = body.withUnsafeReadableBytes { input -> Int32 in
            // zlib's interface takes a mutable pointer to input that it only reads.
            stream.next_in = UnsafeMutablePointer(mutating: input.bindMemory(to: Bytef.self).baseAddress)
            stream.avail_in = UInt32(input.count)
            var status = Z_OK
            _ = output.writeWithUnsafeMutableBytes(minimumWritableBytes: output.writableBytes) { space in
                stream.next_out = space.bindMemory(to: Bytef.self).baseAddress
                stream.avail_out = UInt32(space.count)
                status = deflate(&stream, Z_FINISH)
                return space.count - Int(stream.avail_out)
            }
            return status
        }
        return status == Z_STREAM_END ? output : nil
    }
}
