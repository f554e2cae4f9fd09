// SPDX-License-Identifier: Apache-2.0

// `JSON` is the vocabulary of this module's API.
@_exported public import ParleyJSON
