// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import parley

@Suite struct QRCodeTests {
    /// A text for each version, its mask, and the modules as another encoder places them: rows of bits as one
    /// hexadecimal number, filled up with zeros.
    static let pictures: [(text: String, mask: Int, modules: String)] = [
        (
            "http://a:1/", 3,
            "feb3fc14106e88bb7565dba72ec12d07faafe01300b73a5ba8cfc5c5d7582aaeb6ec806843fa7a10501fba0da5"
                + "d420aeb34904559fe9e60"
        ),
        (
            "http://10.0.0.1:80/", 6,
            "fe8cbfc17b106eb36bb742e5dba862ec123507faaafe007a009fe44bd837c7a9d5633a2598f933d60ecb3acba9"
                + "769f33a255b342fb006f44bfbc2b3059512baeffcdd415aee92d2f044637fec7c48"
        ),
        (
            "http://192.168.100.200:65535/", 1,
            "fe8f0bfc11ca106eb51ebb747395dba49caec15b7107faaaafe0008000a375b12da285b0f38db6bb93a76401ec"
                + "6360ecc31b1cfb4575358e8730f735af48038593f5afae420a97440ca663fd004f1c77fac52a304f8512ba7dbf"
                + "85d1a60caeada66f04cb720fec6fb08"
        ),
        (
            "https://parley.example.org:3000/?room=weekly-xxxxxxxxxx", 4,
            "fecd673fc1071d106e98f36bb7503725dbafc87aec15b8c107faaaaafe0190ca008bdbedfc9c0cb2a315b1d1d1"
                + "4a2598fc3afecd73c228723a913c9485bc6a1f8fc06acac7a91e3bb2831f93f3d5150ad9ca3327526bc54eb71a"
                + "285b42962c1140c803d6b7cff8804fa3c5bfa24bab104440d10baae96fddd2513de2e8cc1ce904d78f80fef04f"
                + "a08"
        ),
        (
            "https://parley.example.org:3000/?room=weekly-yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy", 7,
            "fe379113fc13245d906e9ff8eabb74ee5545dba6ce51aec154ca7907faaaaaafe00c4f940096c81c7504493975"
                + "5179f9359ab7a0627ce201a60d7df59a8708679d8909ae16f0277dde100604471e63cd4f1e77c7ac7188fe8b04"
                + "ce716c34396f2d20d84105a7fc4ae1a07eb977db806e70444753810de71aedbd13c9dad006eeef2f3bc659fe80"
                + "4575cc67f968aaeb705a4cb51dba20ec6fd5d47c778f2e83441e77048d78d60fefb57de58"
        ),
        (
            "https://parley.example.org:3000/?room=zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz", 2,
            "fe349b6dbfc121516b106ea82460cbb75ef7eda5dba96d969aec1742349507faaaaaaafe012f2f4700be61d3cd"
                + "be7a882da7dd7aea58173804b557933cb06f752fd878ab52577d465e59c3593981da7b0653a290db6dd7be97af"
                + "b6dd47d591358adf8c1ef065b36669d6d57eab19fb4ddd59c593c989b2406b02cbf2cc53e41714eeb8a69e60b2"
                + "fa343806a6b5933cb1aec4b6f97d468a1b6d462d6fa359a1186c4b06d3b2fdcb6dff80400db6c57f9668b5ead0"
                + "538230719bac83f6cfe5d72cc9469eebc21afbe904106b775afeb813653e0"
        ),
    ]

    @Test(arguments: pictures.indices) func everyVersionIsDrawnAsByOthers(_ index: Int) throws {
        let picture = Self.pictures[index]
        let code = try #require(QRCode(picture.text, mask: picture.mask))
        #expect(code.size == 21 + 4 * index)
        var bits = (0..<code.size * code.size).map { code.isDark($0 / code.size, $0 % code.size) }
        bits += Array(repeating: false, count: (4 - bits.count % 4) % 4)
        let digits = stride(from: 0, to: bits.count, by: 4).map { start in
            String(bits[start..<start + 4].reduce(0) { $0 << 1 | ($1 ? 1 : 0) }, radix: 16)
        }
        #expect(digits.joined() == picture.modules)
    }

    @Test func aTextThatIsTooLongHasNoCode() {
        #expect(QRCode(String(repeating: "a", count: 106)) != nil)
        #expect(QRCode(String(repeating: "a", count: 107)) == nil)
    }

    @Test func inATerminalTwoRowsAreALine() throws {
        let lines = try #require(QRCode("http://10.0.0.1:3080/")).terminalLines
        #expect(lines.count == 17)  // 25 modules, and 4 light ones on each side
        #expect(lines.allSatisfy { $0.hasPrefix("\u{1B}[30;107m    ") && $0.hasSuffix("    \u{1B}[0m") })
    }
}
