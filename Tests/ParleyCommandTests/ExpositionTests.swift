// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import parley

@Suite("Prometheus' text format")
struct ExpositionTests {
    @Test("Help and labels are escaped, each in its way")
    func escaping() {
        var out = Exposition()
        out.add("x", .gauge, "A \\ and a \"quote\"\nin two lines.", by: "label", [("back\\slash \"quote\"\nline", 1)])
        #expect(
            out.text == """
                # HELP x A \\\\ and a "quote"\\nin two lines.
                # TYPE x gauge
                x{label="back\\\\slash \\"quote\\"\\nline"} 1

                """)
    }

    @Test("Whole numbers are written as such, others in full")
    func numbers() {
        var out = Exposition()
        out.add("a", .counter, "A.", 1_763_915_940)
        out.add("b", .gauge, "B.", 0.0625)
        let lines = out.text.split(separator: "\n").filter { !$0.hasPrefix("#") }
        #expect(lines == ["a 1763915940", "b 0.0625"])
    }
}
