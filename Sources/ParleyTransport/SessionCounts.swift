// SPDX-License-Identifier: Apache-2.0
internal import ParleyEngineIO

/// The sessions of one loop, or of all, by what carries them.
package struct SessionCounts: Sendable {
    package struct ByTransport: Sendable {
        package private(set) var polling = 0
        package private(set) var webSocket = 0
        var total: Int { polling + webSocket }

        fileprivate subscript(transport: SessionState.Transport) -> Int {
            get { transport == .polling ? polling : webSocket }
            set { if transport == .polling { polling = newValue } else { webSocket = newValue } }
        }

        fileprivate static func += (left: inout ByTransport, right: ByTransport) {
            left.polling += right.polling
            left.webSocket += right.webSocket
        }
    }

    /// At present.
    package private(set) var open = ByTransport()
    /// Ever opened, by the transport that they began with.
    package private(set) var opened = ByTransport()
    /// Those that have gone over from polling to WebSocket.
    package private(set) var upgraded = 0

    package init() {}

    mutating func opened(on transport: SessionState.Transport) {
        open[transport] += 1
        opened[transport] += 1
    }

    mutating func upgradedOne() {
        open[.polling] -= 1
        open[.webSocket] += 1
        upgraded += 1
    }

    mutating func closed(on transport: SessionState.Transport) { open[transport] -= 1 }

    package static func += (left: inout SessionCounts, right: SessionCounts) {
        left.open += right.open
        left.opened += right.opened
        left.upgraded += right.upgraded
    }
}
