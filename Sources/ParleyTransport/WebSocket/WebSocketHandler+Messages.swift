// SPDX-License-Identifier: Apache-2.0
internal import NIOCore
internal import ParleyJSON

/// From bytes to messages.
extension WebSocketHandler {
    /// Takes all whole frames, which are unmasked where they are, and returns how many bytes they were.
    func parse(_ bytes: UnsafeMutableRawBufferPointer) -> Int {
        var offset = 0
        while offset < bytes.count, phase != .closed {
            let rest = UnsafeMutableRawBufferPointer(rebasing: bytes[offset..<bytes.count])
            switch FrameHeader.parse(UnsafeRawBufferPointer(rest)) {
            case .incomplete: return offset
            case .invalid:
                fail(.protocolError)
                return bytes.count
            case .header(let header):
                if !header.opcode.isControl, header.payloadLength > maxMessage - (fragments?.bytes.readableBytes ?? 0) {
                    fail(.tooBig)
                    return bytes.count
                }
                let end = header.length + header.payloadLength
                guard rest.count >= end else { return offset }
                let place = UnsafeMutableRawBufferPointer(rebasing: rest[header.length..<end])
                let payload = UnsafeRawBufferPointer(place)
                let isASCII = FrameHeader.unmask(payload, mask: header.mask, into: place)
                received(header, payload, isASCII: isASCII)
                offset += end
            }
        }
        return bytes.count
    }

    private func received(_ header: FrameHeader, _ payload: UnsafeRawBufferPointer, isASCII: Bool) {
        if phase == .closing {
            // Our close is under way; all that matters is the client's.
            if header.opcode == .close { closeChannel() }
            return
        }
        switch header.opcode {
        case .text, .binary:
            guard fragments == nil else { return fail(.protocolError) }
            if header.isFinal { return deliver(header.opcode, payload, isASCII: isASCII) }
            fragments = Fragments(opcode: header.opcode, bytes: ByteBuffer(bytes: payload), count: 1)
        case .continuation:
            guard var message = fragments.take() else { return fail(.protocolError) }
            message.count += 1
            guard message.count <= loop.configuration.maxFragments else { return fail(.tooBig, .fragments) }
            message.bytes.writeBytes(payload)
            guard header.isFinal else { return fragments = message }
            message.bytes.withUnsafeReadableBytes { deliver(message.opcode, $0, isASCII: false) }
        case .ping:
            writeFrame(.pong, prefix: nil, payload)
        case .pong:
            break
        case .close:
            receivedClose(payload)
        }
    }

    private func deliver(_ opcode: Opcode, _ payload: UnsafeRawBufferPointer, isASCII: Bool) {
        if opcode == .binary {
            consumer?.received(binary: payload)
        } else if isASCII || UTF8Check.isValid(payload) {
            consumer?.received(text: payload)
        } else {
            fail(.invalidData)
        }
    }
}
