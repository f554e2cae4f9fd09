// SPDX-License-Identifier: Apache-2.0
internal import NIOCore

/// Stands before the HTTP decoder and counts the bytes of a head that is still incomplete, which the decoder itself
/// would take in up to a limit of its own.
final class HTTPHeadGuard: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let connection: HTTPConnectionHandler

    init(for connection: HTTPConnectionHandler) { self.connection = connection }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard connection.willDecode(unwrapInboundIn(data).readableBytes) else { return }
        context.fireChannelRead(data)
        connection.didDecode()
    }
}
