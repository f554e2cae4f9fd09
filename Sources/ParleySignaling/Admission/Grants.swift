// SPDX-License-Identifier: Apache-2.0
public import ParleyJSON

/// What an authenticated client is and may do.
public struct Grants: Sendable, Equatable {
    /// Who it is, for all of its devices; nil for nobody in particular.
    public var user: String?
    /// The name that others see, in place of what the client says.
    public var name: String?
    /// Rooms it may join, each exact or with `*` for any run of characters; nil for all.
    public var rooms: [String]?
    /// It is a moderator of every room that it joins.
    public var moderates = false
    /// It may run the server, over the admin namespace and `/admin/api`.
    public var administers = false
    /// It may look at all that there is to see there.
    public var observes = false
    /// It may create rooms by joining them.
    public var creates = true
    /// The largest capacity of a room it creates.
    public var capacity: Int?
    /// Metadata that others see, over what the client says.
    public var metadata: JSON?
    /// When they end, in seconds since 1970; nil for never.
    public var expiresAt: Int64?

    public init() {}
}
