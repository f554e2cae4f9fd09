// SPDX-License-Identifier: Apache-2.0
internal import NIOCore
internal import ParleyEngineIO

/// One request that waits for its answer: the handle through which any loop may answer, once.
package final class HTTPExchange: Sendable {
    package let request: HTTPRequest
    private let connection: NIOLoopBound<HTTPConnectionHandler>
    private let eventLoop: any EventLoop
    /// Tells the connections apart on which requests come.
    let origin: ObjectIdentifier

    init(request: HTTPRequest, connection: HTTPConnectionHandler, on eventLoop: any EventLoop) {
        self.request = request
        origin = ObjectIdentifier(connection)
        self.connection = NIOLoopBound(connection, eventLoop: eventLoop)
        self.eventLoop = eventLoop
    }

    /// Answers the request. A second answer, or one to a connection that is gone, is dropped.
    package func respond(_ response: HTTPResponse) {
        if eventLoop.inEventLoop {
            connection.value.respond(response, to: self)
        } else {
            eventLoop.execute { self.connection.value.respond(response, to: self) }
        }
    }

    /// Asks to be told when the client goes away before the answer: the session with this id then learns of it.
    func bind(to session: SessionID) {
        if eventLoop.inEventLoop {
            connection.value.awaited = session
        } else {
            eventLoop.execute { self.connection.value.awaited = session }
        }
    }

    /// Answers 101 and gives the connection to a WebSocket handler, on the connection's own loop.
    func upgrade(_ make: @escaping @Sendable (TransportLoop) -> WebSocketHandler) {
        if eventLoop.inEventLoop {
            connection.value.upgrade(self, make)
        } else {
            eventLoop.execute { self.connection.value.upgrade(self, make) }
        }
    }
}
