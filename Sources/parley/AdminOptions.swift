// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import ParleySignaling

/// Who may run the server over `/admin`.
struct AdminOptions: ParsableArguments {
    @Option(help: "The name of the account that runs the server over the namespace /admin and over /admin/api.")
    var adminUser: String?
    @Option(help: "A file with the password of that account, of at least 12 characters.")
    var adminPasswordFile: String?
    @Flag(help: "The account of --admin-user sees everything and changes nothing.") var adminReadOnly = false
    @Flag(help: "Serve /admin without an account, for tokens with the grant admin or observe.") var admin = false

    @Flag(
        name: .customLong("admin-development"),
        help: "Tell dashboards (@socket.io/admin-ui) of every socket, room and event; costs as much as the events.")
    var isDevelopment = false

    private var user: String? { adminUser ?? Setting.text("ADMIN_USER") }
    private var passwordFile: String? { adminPasswordFile ?? Setting.text("ADMIN_PASSWORD_FILE") }
    private var isReadOnly: Bool { adminReadOnly || Setting.flag("ADMIN_READ_ONLY") }
    var isOn: Bool { admin || Setting.flag("ADMIN") || user != nil }

    func validate() throws {
        guard (user == nil) == (passwordFile == nil) else {
            throw ValidationError("--admin-user and --admin-password-file belong together: name both.")
        }
        guard !isReadOnly || user != nil else {
            throw ValidationError("--admin-read-only is for an account: name it with --admin-user.")
        }
    }

    /// - Parameter hasTokens: whether clients bring tokens.
    func configuration(serverID: String, hasTokens: Bool) throws -> AdminConfiguration? {
        guard isOn else { return nil }
        guard user != nil || hasTokens else {
            throw ValidationError(
                "--admin lets in those whose tokens say so, and there are no tokens: name an account with --admin-user, or see --token-secret-file."
            )
        }
        var configuration = AdminConfiguration()
        configuration.serverID = serverID
        configuration.tellsDashboardsEverything = isDevelopment || Setting.flag("ADMIN_DEVELOPMENT")
        configuration.audit = Log.audit
        if let user, let passwordFile {
            let password = try SecretFile.read(passwordFile)
            guard password.count >= 12 else {
                throw ValidationError("The password in \(passwordFile) is too short: at least 12 characters.")
            }
            configuration.accounts = [.init(name: user, password: password, isReadOnly: isReadOnly)]
        }
        return configuration
    }
}
