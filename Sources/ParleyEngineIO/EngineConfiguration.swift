// SPDX-License-Identifier: Apache-2.0
package import NIOCore

/// The options of an Engine.IO server that its clients can see.
package struct EngineConfiguration: Sendable {
    /// From the opening, or from a received pong, to the next ping.
    package var pingInterval = TimeAmount.milliseconds(25_000)
    /// From a ping to the end of the session when no pong came.
    package var pingTimeout = TimeAmount.milliseconds(20_000)
    /// The time a candidate WebSocket has to finish an upgrade.
    package var upgradeTimeout = TimeAmount.milliseconds(10_000)
    /// The largest POST body and WebSocket message, in bytes.
    package var maxPayload = 1_000_000
    /// Whether sessions may begin with polling.
    package var allowsPolling = true
    /// Whether sessions may use a WebSocket.
    package var allowsWebSocket = true
    /// Whether a polling session may move to a WebSocket.
    package var allowsUpgrade = true

    package init() {}

    /// The packet that opens a session, its type included; keys in the order of the official server.
    package func openPacket(id: SessionID, onPolling: Bool) -> String {
        "0{\"sid\":\"\(id)" + openTail(onPolling: onPolling)
    }

    /// What stands in it behind the id, the same for all sessions.
    package func openTail(onPolling: Bool) -> String {
        let upgrades = onPolling && allowsUpgrade && allowsWebSocket ? "\"websocket\"" : ""
        let interval = pingInterval.nanoseconds / 1_000_000
        let timeout = pingTimeout.nanoseconds / 1_000_000
        return
            "\",\"upgrades\":[\(upgrades)],\"pingInterval\":\(interval),\"pingTimeout\":\(timeout),\"maxPayload\":\(maxPayload)}"
    }
}
