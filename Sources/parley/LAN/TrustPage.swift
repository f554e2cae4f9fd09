// SPDX-License-Identifier: Apache-2.0

/// The page that shows a device how to trust the local authority. It comes over plain HTTP, before there is any trust, and so
/// from the program itself: no script, no other file.
struct TrustPage {
    let fingerprint: String
    /// Of the HTTPS server.
    let port: Int

    /// - Parameter host: the `Host` of the request; what it holds beside a name is left out.
    func html(forHost host: String) -> String {
        let name = host.hasPrefix("[") ? host.prefix { $0 != "]" } + "]" : host.prefix { $0 != ":" }
        let isName =
            !name.isEmpty
            && name.utf8.allSatisfy { byte in
                byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 26 || "-.:[]".utf8.contains(byte)
            }
        return Self.page
            .replacing("{{link}}", with: "https://\(isName ? String(name) : "localhost"):\(port)/")
            .replacing("{{fingerprint}}", with: fingerprint.split(separator: ":").joined(separator: ":<wbr>"))
    }

    private static let page = """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>Trust this Parley server</title>
        <style>
        :root { --ground: #f6f7f9; --card: #fff; --ink: #16202c; --soft: #4d5b6c; --line: #d5dbe3; --accent: #0b5cad; --on: #fff; }
        @media (prefers-color-scheme: dark) {
          :root { --ground: #11161d; --card: #1a222c; --ink: #eef2f6; --soft: #aab6c4; --line: #33404f; --accent: #7ab8ff; --on: #0b1622; }
        }
        * { box-sizing: border-box; }
        body { margin: 0; background: var(--ground); color: var(--ink); font: 1.05rem/1.55 system-ui, sans-serif; }
        main { max-width: 42rem; margin: 0 auto; padding: 1.5rem 1.1rem 4rem; }
        h1 { font-size: 1.7rem; line-height: 1.2; margin: .5rem 0; }
        h2 { font-size: 1.15rem; margin: 2rem 0 .6rem; }
        p { margin: .6rem 0; }
        .soft { color: var(--soft); }
        .button { display: block; text-align: center; padding: .9rem 1rem; border-radius: .7rem; font-weight: 600;
          text-decoration: none; background: var(--accent); color: var(--on); margin: .8rem 0; }
        .button.quiet { background: transparent; color: var(--accent); border: 2px solid var(--accent); }
        a { color: var(--accent); }
        a:focus-visible, summary:focus-visible { outline: 3px solid var(--accent); outline-offset: 3px; border-radius: .4rem; }
        details { background: var(--card); border: 1px solid var(--line); border-radius: .7rem; margin: .6rem 0; }
        summary { padding: .85rem 1rem; font-weight: 600; cursor: pointer; }
        ol { margin: 0; padding: 0 1.2rem 1rem 2.4rem; }
        li { margin: .35rem 0; }
        code { font: .88rem/1.6 ui-monospace, monospace; overflow-wrap: anywhere; }
        .print { background: var(--card); border: 1px solid var(--line); border-radius: .7rem; padding: .8rem 1rem; }
        </style>
        </head>
        <body>
        <main>
        <h1>One step before the first call</h1>
        <p>Browsers give camera and microphone only to pages over HTTPS. This server made a certificate authority of its own for
        your network. Trust it once on each device, and calls work.</p>
        <a class="button" href="/parley-ca.crt">1. Get the certificate</a>
        <p>2. Trust it, as below for your device.</p>
        <a class="button quiet" href="{{link}}">3. Open {{link}}</a>

        <h2 id="how">How to trust it</h2>
        <details><summary>iPhone, iPad</summary><ol>
        <li>Open this page in Safari and get the certificate. Allow the download of the profile.</li>
        <li>Settings → General → VPN &amp; Device Management → Parley local CA → Install.</li>
        <li>Settings → General → About → Certificate Trust Settings → switch on Parley local CA.</li>
        </ol></details>
        <details><summary>Android</summary><ol>
        <li>Get the certificate.</li>
        <li>Settings → Security &amp; privacy → More security settings → Encryption &amp; credentials → Install a certificate → CA
        certificate. Names differ a little between makers; search the settings for “CA certificate”.</li>
        <li>Choose Install anyway, then the file parley-ca.crt.</li>
        <li>Chrome takes it at once. Firefox: Settings → About Firefox, tap the logo five times; back; Secret Settings → Use third
        party CA certificates.</li>
        </ol></details>
        <details><summary>macOS</summary><ol>
        <li>Get the certificate and open it. Keychain Access asks where to: login.</li>
        <li>Double-click Parley local CA → Trust → When using this certificate: Always Trust. Close, and give your password.</li>
        <li>Reload the page. Firefox has certificates of its own, see below.</li>
        </ol></details>
        <details><summary>Windows</summary><ol>
        <li>Get the certificate and open it → Install Certificate → Current User.</li>
        <li>Place all certificates in the following store → Browse → Trusted Root Certification Authorities → Finish → Yes.</li>
        <li>Close the browser and open it again. Firefox: see below.</li>
        </ol></details>
        <details><summary>Linux, Chrome and Chromium</summary><ol>
        <li>Get the certificate.</li>
        <li>chrome://certificate-manager → Local certificates → Custom → Installed by you → Trusted certificates → Import. In older
        versions: chrome://settings/certificates → Authorities → Import → for identifying websites.</li>
        </ol></details>
        <details><summary>Firefox on a computer</summary><ol>
        <li>Get the certificate.</li>
        <li>Settings → Privacy &amp; Security → Certificates → View Certificates → Authorities → Import → parley-ca.crt → Trust this
        CA to identify websites.</li>
        </ol></details>

        <h2>Is it the right one?</h2>
        <p>Compare the SHA-256 fingerprint with the one in the server's terminal before you trust it:</p>
        <p class="print"><code>{{fingerprint}}</code></p>
        <p class="soft">The authority can vouch for this machine and for private addresses only, not for sites on the internet. When
        you no longer need it, remove it where you installed it. For tools: <a href="/parley-ca.pem">the certificate in PEM</a>.</p>
        </main>
        </body>
        </html>
        """
}
