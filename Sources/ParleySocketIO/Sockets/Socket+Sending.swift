// SPDX-License-Identifier: Apache-2.0
internal import NIOCore

/// What goes to the client. All on the socket's loop.
extension Socket {
    /// Sends a packet that was written elsewhere, header and all.
    package func send(_ packet: OutgoingPacket) {
        hub.news?.sent(self, packet)
        carrier?.send(packet)
    }

    /// Sends a packet of text, without the type of its Engine.IO packet. The bytes are read before anything else happens:
    /// what the sending causes may use their memory again.
    package func send(text: UnsafeRawBufferPointer) {
        guard let carrier else { return }
        guard let news = hub.news else { return carrier.send(text: text) }
        let copy = ByteBuffer(bytes: text)
        news.sent(self, OutgoingPacket(text: copy))
        copy.withUnsafeReadableBytes { carrier.send(text: $0) }
    }

    /// Whether a packet sent now leaves now.
    package var isWritable: Bool { carrier?.isWritable ?? false }

    func openAck(timeout: TimeAmount?, _ answer: @escaping @Sendable (AckOutcome) -> Void) -> Int {
        guard let timeout else { return acks.open(.closure(answer, timeout: nil)) }
        let bound = NIOLoopBoundBox(0, eventLoop: eventLoop)
        let scheduled = eventLoop.scheduleTask(in: timeout) { [weak self] in
            if self?.acks.take(bound.value) != nil { answer(.timedOut) }
        }
        let id = acks.open(.closure(answer, timeout: scheduled))
        bound.value = id
        return id
    }

    func sendAck(_ id: Int, _ arguments: JSON) {
        guard isJoined else { return }
        carrier?.send(OutgoingPacket(.ack, namespace: namespace.name, ackID: id, payload: arguments))
    }

    func sendEvent(_ name: String, _ arguments: [JSON], isVolatile: Bool) {
        guard carrier != nil, !isVolatile || isWritable else { return }
        handlersIfAny?.anyOutgoing.forEach { $0(name, arguments) }
        if let recovery = namespace.recovery, !isVolatile, isJoined {
            let options = BroadcastOptions(rooms: [id])
            return send(recovery.record(name, arguments, options, namespace: namespace.name))
        }
        send(OutgoingPacket(.event, namespace: namespace.name, payload: EncodedPayload(event: name, arguments)))
    }

    func sendEvent(
        _ name: String, _ arguments: [JSON], timeout: TimeAmount?, _ answer: @escaping @Sendable (AckOutcome) -> Void
    ) {
        guard carrier != nil else { return answer(.disconnected) }
        handlersIfAny?.anyOutgoing.forEach { $0(name, arguments) }
        let id = openAck(timeout: timeout, answer)
        let payload = EncodedPayload(event: name, arguments)
        send(OutgoingPacket(.event, namespace: namespace.name, ackID: id, payload: payload))
    }
}
