// SPDX-License-Identifier: Apache-2.0

/// With what a server speaks HTTPS.
public struct TLSConfiguration: Sendable {
    /// A certificate, followed by those that vouch for it, and its private key. In PEM, the key without a password.
    public enum Certificate: Sendable {
        /// In files, which are read again when they change.
        case files(certificate: String, key: String)
        /// The same as bytes.
        case pem(certificate: [UInt8], key: [UInt8])
    }

    /// At least one. A client is shown the first whose names have the one that it asks for, or else the first of all.
    public var certificates: [Certificate]
    /// Told, in a sentence for whoever runs the server, when a certificate was read again, or could not be; and at the start
    /// and once a day, when one has expired or soon will. Called on threads that may block.
    public var report: @Sendable (String) -> Void

    public init(_ certificates: [Certificate], report: @escaping @Sendable (String) -> Void = { _ in }) {
        self.certificates = certificates
        self.report = report
    }

    /// One certificate and its key, in the files with these paths.
    public init(certificate: String, key: String) { self.init([.files(certificate: certificate, key: key)]) }
}
