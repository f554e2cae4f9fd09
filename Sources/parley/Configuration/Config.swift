// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import ParleyJSON

/// The configuration file: whether it is sound, and what holds with it.
struct Config: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check a configuration file, or print the settings that hold.",
        subcommands: [Check.self, Print.self])

    /// Reads the file that the command line or the environment names, before the options are parsed: they look into it.
    /// What is wrong with it is said, and ends the program.
    static func load(_ arguments: [String]) {
        guard !arguments.starts(with: ["config", "check"]) else { return }
        guard let path = CommandWords(arguments).values(of: ["--config"]).last ?? Setting.environment("CONFIG") else {
            return
        }
        do throws(ConfigurationFile.Failure) { Setting.use(try ConfigurationFile(path)) } catch {
            Console.warn("\(error)")
            exit(withError: ExitCode.validationFailure)
        }
    }

    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say whether a configuration file is sound, and where it is not.",
            discussion: "Looks at the file alone: not at the environment, nor into the files that it names.")

        @Argument(help: "The file.") var file: String

        func run() throws {
            let read: ConfigurationFile
            do throws(ConfigurationFile.Failure) { read = try ConfigurationFile(file) } catch {
                Console.warn("\(error)")
                throw ExitCode.validationFailure
            }
            Setting.use(read, alone: true)
            do { _ = try Serve.parse([]) } catch {
                Console.warn(Self.placed(Serve.message(for: error), in: read))
                throw ExitCode.validationFailure
            }
            Console.print("\(file) is sound. Settings: \(read.values.count).")
        }

        /// What an option says of its value, with the place in the file.
        static func placed(_ message: String, in file: ConfigurationFile) -> String {
            let named = SettingKey.all.filter { key in
                file.values[key.name] != nil
                    && (message.hasPrefix("--\(key.name) ") || message.hasPrefix("PARLEY_\(key.variable) "))
            }
            return "\(named.first.map { file.place(of: $0.name) } ?? file.path): \(message)"
        }
    }

    struct Print: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print every setting with its value, and where that comes from.",
            discussion: "Takes the options of `parley serve`. Secrets are in files, whose names alone are printed.")

        @OptionGroup var serve: Serve

        func run() {
            let words = CommandWords(CommandLine.arguments)
            let rows = SettingKey.all.map { ($0, EffectiveSetting($0, words)) }
            let widths = (rows.map(\.0.name.count).max() ?? 0, min(40, rows.map(\.1.value.count).max() ?? 0))
            for (key, setting) in rows {
                let name = key.name.padded(to: widths.0), value = setting.value.padded(to: widths.1)
                Console.print("\(name)  \(value)  \(setting.origin)")
            }
        }
    }
}

extension String {
    fileprivate func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
