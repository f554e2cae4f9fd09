// SPDX-License-Identifier: Apache-2.0

/// Who may run the server over the namespace `/admin` and `/admin/api`, beside those whose tokens say so (see ``Grants``).
/// There is no account unless one is named here, and no password but the one that is given.
public struct AdminConfiguration: Sendable {
    /// Somebody who runs the server, or only looks.
    public struct Account: Sendable {
        public var name: String
        /// In the clear; the server keeps only its hash.
        public var password: String
        /// It sees everything and changes nothing.
        public var isReadOnly: Bool

        public init(name: String, password: String, isReadOnly: Bool = false) {
            self.name = name
            self.password = password
            self.isReadOnly = isReadOnly
        }
    }

    public var accounts: [Account] = []
    /// Called with a line of JSON for every attempt to change something, also those that are refused. On the
    /// admin's event loop: must not block.
    public var audit: @Sendable (String) -> Void = { _ in }
    /// The name by which this server goes among several.
    public var serverID = "parley"
    /// Whether dashboards (@socket.io/admin-ui) are told of every socket, room and event, which costs about as much as the
    /// events themselves. If not, they get figures.
    public var tellsDashboardsEverything = false
    /// How many facts are remembered for `subscribe`.
    public var history = 4_096

    public init() {}
}
