// SPDX-License-Identifier: Apache-2.0
internal import ParleyEngineIO

/// What has gone over the connections of one loop since it began: Engine.IO messages and their bytes, heartbeats left out.
struct Traffic: Sendable {
    var opened = 0
    /// By reason, in the words of the official server.
    var closed: [String: Int] = [:]
    var packetsIn = 0
    var packetsOut = 0
    var bytesIn = 0
    var bytesOut = 0

    mutating func received(_ bytes: Int) {
        packetsIn &+= 1
        bytesIn &+= bytes
    }

    mutating func sent(_ bytes: Int) {
        packetsOut &+= 1
        bytesOut &+= bytes
    }

    mutating func add(_ other: Traffic) {
        opened += other.opened
        closed.merge(other.closed, uniquingKeysWith: +)
        packetsIn += other.packetsIn
        packetsOut += other.packetsOut
        bytesIn += other.bytesIn
        bytesOut += other.bytesOut
    }

    /// What has come since `earlier`, as the dashboard counts it: for one second, what has not happened left out.
    func events(since earlier: Traffic, at second: Int64) -> [JSON] {
        var events: [JSON] = []
        func add(_ type: String, _ count: Int, subType: String? = nil) {
            guard count > 0 else { return }
            var event: [(String, JSON)] = [("timestamp", .int(second)), ("type", .string(type))]
            if let subType { event.append(("subType", .string(subType))) }
            events.append(.object(.init(uniqueKeysWithValues: event + [("count", .int(Int64(count)))])))
        }
        add("rawConnection", opened - earlier.opened)
        for (reason, count) in closed {
            add("rawDisconnection", count - earlier.closed[reason, default: 0], subType: reason)
        }
        add("packetsIn", packetsIn - earlier.packetsIn)
        add("packetsOut", packetsOut - earlier.packetsOut)
        add("bytesIn", bytesIn - earlier.bytesIn)
        add("bytesOut", bytesOut - earlier.bytesOut)
        return events
    }
}
