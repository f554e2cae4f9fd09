// SPDX-License-Identifier: Apache-2.0
package import NIOCore

/// Whoever gathers what it writes until the turn of its loop ends.
package protocol TurnWriter: AnyObject {
    func flush()
}

/// The way from one loop to something that is confined to another. All that one turn has for it goes there at once and in
/// order, behind everything that the turn still does: packets that belong together stay together. Confined to its loop.
package final class Hop<Target>: TurnWriter {
    private let target: NIOLoopBound<Target>
    private let loop: TransportLoop
    private var waiting: [@Sendable (Target) -> Void] = []

    package init(from loop: TransportLoop, to target: NIOLoopBound<Target>) {
        self.loop = loop
        self.target = target
    }

    /// Runs `body` on the target's loop, soon.
    package func run(_ body: @escaping @Sendable (Target) -> Void) {
        waiting.append(body)
        if waiting.count == 1 { loop.flushAtEndOfTurn(self) }
    }

    package func flush() {
        let bodies = waiting
        waiting = []
        target.eventLoop.execute { [target] in
            for body in bodies { body(target.value) }
        }
    }
}
