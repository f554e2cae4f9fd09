// SPDX-License-Identifier: Apache-2.0

/// The limits that each signal is held against. Apart from the configuration, whose strings a copy would have to retain.
struct SignalLimits {
    let maxDescriptionBytes: Int
    let maxCandidateBytes: Int
    let defaultTimeoutMs: Int
    let maxTimeoutMs: Int
    let maxPendingReceipts: Int

    init(_ configuration: SignalingConfiguration) {
        maxDescriptionBytes = configuration.maxDescriptionBytes
        maxCandidateBytes = configuration.maxCandidateBytes
        defaultTimeoutMs = configuration.defaultTimeoutMs
        maxTimeoutMs = configuration.maxTimeoutMs
        maxPendingReceipts = min(configuration.maxPendingReceipts, ReceiptTable.maxCount)
    }
}
