// SPDX-License-Identifier: Apache-2.0

/// What a frame is (RFC 6455 §5.2).
enum Opcode: UInt8 {
    case continuation = 0
    case text = 1
    case binary = 2
    case close = 8
    case ping = 9
    case pong = 10

    var isControl: Bool { rawValue & 8 != 0 }
}

/// The head of a frame from a client.
struct FrameHeader {
    var isFinal: Bool
    var opcode: Opcode
    var payloadLength: Int
    /// As loaded from memory: the first masking byte is the lowest.
    var mask: UInt32
    /// The bytes of the head itself.
    var length: Int

    enum Outcome {
        case header(FrameHeader)
        /// More bytes are needed.
        case incomplete
        case invalid
    }

    /// Reads the head of a masked frame.
    static func parse(_ bytes: UnsafeRawBufferPointer) -> Outcome {
        guard bytes.count >= 2 else { return .incomplete }
        let first = bytes[0]
        let second = bytes[1]
        // No extension is ever agreed on, so the reserved bits are clear; clients mask.
        guard first & 0x70 == 0, second & 0x80 != 0, let opcode = Opcode(rawValue: first & 0x0F) else {
            return .invalid
        }
        let isFinal = first & 0x80 != 0
        var length = Int(second & 0x7F)
        if opcode.isControl && (!isFinal || length > 125) { return .invalid }
        var offset = 2
        if length == 126 {
            guard bytes.count >= 4 else { return .incomplete }
            length = Int(bytes[2]) << 8 | Int(bytes[3])
            guard length > 125 else { return .invalid }
            offset = 4
        } else if length == 127 {
            guard bytes.count >= 10 else { return .incomplete }
            let long = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 2, as: UInt64.self))
            guard long > 0xFFFF, long <= UInt64(Int64.max) else { return .invalid }
            length = Int(long)
            offset = 10
        }
        guard bytes.count >= offset + 4 else { return .incomplete }
        let mask = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
        return .header(
            FrameHeader(isFinal: isFinal, opcode: opcode, payloadLength: length, mask: mask, length: offset + 4))
    }

    /// The longest head of a frame to a client.
    static let maxLength = 10

    /// Writes a whole frame to a client, with `prefix` in front of the payload, and returns its length. `target` has room
    /// for a head of `maxLength` and for the rest.
    static func write(
        _ opcode: Opcode, prefix: UInt8?, _ payload: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer
    ) -> Int {
        let length = payload.count + (prefix == nil ? 0 : 1)
        guard target.count >= maxLength + length else { return 0 }
        target[0] = 0x80 | opcode.rawValue
        var end = 2
        if length < 126 {
            target[1] = UInt8(truncatingIfNeeded: length)
        } else if length <= 0xFFFF {
            target[1] = 126
            target.storeBytes(of: UInt16(truncatingIfNeeded: length).bigEndian, toByteOffset: 2, as: UInt16.self)
            end = 4
        } else {
            target[1] = 127
            target.storeBytes(of: UInt64(length).bigEndian, toByteOffset: 2, as: UInt64.self)
            end = 10
        }
        if let prefix {
            target[end] = prefix
            end += 1
        }
        UnsafeMutableRawBufferPointer(rebasing: target[end..<target.count]).copyMemory(from: payload)
        return end + payload.count
    }

    /// Copies a masked payload, unmasked, 64 bytes at a time. `target` holds at least as many bytes as `source`; it may
    /// be the same memory, but not overlap it otherwise.
    ///
    /// - Returns: Whether all bytes are ASCII once unmasked; such a text is UTF-8 without a further look.
    @discardableResult
    static func unmask(
        _ source: UnsafeRawBufferPointer, mask: UInt32, into target: UnsafeMutableRawBufferPointer
    ) -> Bool {
        assert(target.count >= source.count)
        guard let from = source.baseAddress, let to = target.baseAddress else { return true }
        let count = source.count
        let wide = UInt64(mask.littleEndian) << 32 | UInt64(mask.littleEndian)
        var index = 0
        var all: UInt64 = 0
        if count >= 64 {
            let keys = SIMD4(repeating: wide)
            var many = SIMD4<UInt64>()
            repeat {
                // Both are read before either is written.
                let low = from.loadUnaligned(fromByteOffset: index, as: SIMD4<UInt64>.self) ^ keys
                let high = from.loadUnaligned(fromByteOffset: index &+ 32, as: SIMD4<UInt64>.self) ^ keys
                to.storeBytes(of: low, toByteOffset: index, as: SIMD4<UInt64>.self)
                to.storeBytes(of: high, toByteOffset: index &+ 32, as: SIMD4<UInt64>.self)
                many |= low | high
                index &+= 64
            } while count &- index >= 64
            all = many[0] | many[1] | many[2] | many[3]
        }
        while count &- index >= 8 {
            let word = from.loadUnaligned(fromByteOffset: index, as: UInt64.self) ^ wide
            to.storeBytes(of: word, toByteOffset: index, as: UInt64.self)
            all |= word
            index &+= 8
        }
        if count &- index >= 4 {
            let word = from.loadUnaligned(fromByteOffset: index, as: UInt32.self) ^ mask.littleEndian
            to.storeBytes(of: word, toByteOffset: index, as: UInt32.self)
            all |= UInt64(word)
            index &+= 4
        }
        while index < count {
            let key = UInt8(truncatingIfNeeded: mask &>> UInt32(truncatingIfNeeded: (index & 3) &* 8))
            let byte = from.load(fromByteOffset: index, as: UInt8.self) ^ key
            to.storeBytes(of: byte, toByteOffset: index, as: UInt8.self)
            all |= UInt64(byte)
            index &+= 1
        }
        return all & 0x8080_8080_8080_8080 == 0
    }
}
