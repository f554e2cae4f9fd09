// SPDX-License-Identifier: Apache-2.0

// `JSON` is the vocabulary of this module's API.
@_exported public import ParleyJSON
// `TLSConfiguration` is a parameter of `SocketIOServer.start`.
@_exported public import ParleyTLS
