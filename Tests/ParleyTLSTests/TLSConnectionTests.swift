// SPDX-License-Identifier: Apache-2.0
import CParleyOpenSSL
import ParleyTestSupport
import Testing

@testable import ParleyTLS

@Suite struct TLSConnectionTests {
    static let versions = [TLS1_2_VERSION, TLS1_3_VERSION]
    let context: TLSContext

    init() throws { context = try TLSContext(SelfSigned("localhost")) }

    private func pattern(_ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) } }

    @Test(arguments: versions) func bothEndsSayWhatTheyAreGiven(version: CInt) throws {
        let joined = try Joined(context, version: version)
        #expect(joined.encrypt([1], at: .server) == nil, "there are no keys yet")
        joined.converse()
        #expect(joined.isEstablished)
        for count in [1, 16_384, 16_385, TLSBuffers.maxBytes] {
            let said = pattern(count)
            let up = try #require(joined.encrypt(said, at: .client))
            #expect(up.count > count && joined.give(up.prefix(65_536), to: .server).plaintext.count <= count)
            let down = try #require(joined.encrypt(said, at: .server))
            var heard: [UInt8] = []
            for start in stride(from: 0, to: down.count, by: 65_536) {
                heard += joined.give(down[start..<min(start + 65_536, down.count)], to: .client).plaintext
            }
            #expect(heard == said)
            _ = joined.give(up.dropFirst(65_536), to: .server)
        }
        #expect(joined.encrypt([], at: .server) == [], "nothing is no record")
    }

    @Test func severalRecordsOfOneReadAreOneAnswer() throws {
        let joined = try Joined(context)
        joined.converse()
        let records = (0..<500).flatMap { joined.encrypt([UInt8(truncatingIfNeeded: $0), 7], at: .client) ?? [] }
        #expect(joined.give(records, to: .server).plaintext.count == 1000)
    }

    @Test(arguments: versions) func aHandshakeMayBeCutAnywhere(version: CInt) throws {
        let length = try Joined(context, version: version).hello().count
        for cut in 0..<length {
            let joined = try Joined(context, version: version)
            joined.converse { flight in [Array(flight.prefix(cut)), Array(flight.dropFirst(cut))] }
            #expect(joined.isEstablished, "cut at \(cut)")
        }
        let joined = try Joined(context, version: version)
        joined.converse { flight in flight.map { [$0] } }
        #expect(joined.isEstablished)
        let record = try #require(joined.encrypt(pattern(100), at: .client))
        #expect(record.dropLast().allSatisfy { joined.give([$0], to: .server).plaintext.isEmpty })
        #expect(joined.give(record.suffix(1), to: .server).plaintext == pattern(100))
    }

    @Test func ofAHandshakeThatIsCutOffNothingIsLeft() throws {
        weak var connection: TLSConnection?
        weak var context: TLSContext?
        do {
            let own = try TLSContext(SelfSigned("localhost"), SelfSigned("other.example"))
            let joined = try Joined(own)
            _ = joined.give(joined.hello().dropLast(), to: .server)
            (connection, context) = (joined.server, own)
        }
        #expect(connection == nil && context == nil)
    }

    @Test func aConnectionKeepsItsContext() throws {
        let joined = try Joined(TLSContext(SelfSigned("localhost"), SelfSigned("other.example")), host: "other.example")
        joined.converse()
        #expect(joined.isEstablished)
    }

    // MARK: The end

    @Test(arguments: versions) func whoSaysGoodbyeIsStillAnswered(version: CInt) throws {
        let joined = try Joined(context, version: version)
        joined.converse()
        joined.client.endOutput()
        #expect(joined.give(Array(joined.clientBuffers.output), to: .server).plaintext.isEmpty)
        #expect(joined.server.state == .ended)
        let answer = try #require(joined.encrypt([1, 2], at: .server))
        #expect(joined.give(answer, to: .client).plaintext == [1, 2])
        joined.server.endOutput()
        #expect(!joined.serverBuffers.output.isEmpty)
        joined.server.endOutput()
        #expect(joined.serverBuffers.output.isEmpty, "it is said once")
        #expect(joined.encrypt([3], at: .server) == nil)
    }

    @Test func duringTheHandshakeThereIsNoGoodbye() throws {
        let joined = try Joined(context)
        _ = joined.give(joined.hello().dropLast(), to: .server)
        joined.server.endOutput()
        #expect(joined.serverBuffers.output.isEmpty && joined.server.state == .handshaking)
    }

    // MARK: What is no TLS

    @Test(arguments: ["GET / HTTP/1.1", "P", "OPTIONS * HTTP/1.1"]) func plainHTTPIsKnownByItsFirstByte(text: String)
        throws
    {
        let joined = try Joined(context)
        #expect(joined.give(text.utf8, to: .server).output.isEmpty)
        #expect(joined.server.state == .plainHTTP)
        #expect(joined.give(joined.hello(), to: .server).output.isEmpty, "and nothing else will do any more")
    }

    @Test func garbageGetsAnAlert() throws {
        let joined = try Joined(context)
        #expect(joined.give([5, 1, 0, 1, 1, 1], to: .server).output == [21, 3, 1, 0, 2, 2, 10])
        #expect(joined.server.state == .failed)
        #expect(joined.give(joined.hello(), to: .server).output.isEmpty)
        #expect(joined.encrypt([1], at: .server) == nil)
    }

    @Test func anAlteredRecordEndsTheConnection() throws {
        let joined = try Joined(context)
        joined.converse()
        var record = try #require(joined.encrypt([1, 2, 3], at: .client))
        record[record.count - 1] ^= 1
        let (plaintext, output) = joined.give(record, to: .server)
        #expect(plaintext.isEmpty && !output.isEmpty && joined.server.state == .failed)
        #expect(joined.give(output, to: .client).plaintext.isEmpty && joined.client.state == .failed)
    }

    /// Flights with bytes changed, left out, repeated and put in, by a seed: no end may read what the other did not say.
    @Test(arguments: versions) func mutilatedConversationsEndOrGoOn(version: CInt) throws {
        var chance = SeededGenerator(seed: UInt64(version))
        var ends = 0
        for _ in 0..<400 {
            let joined = try Joined(context, version: version)
            joined.converse { flight in [Self.mutilated(flight, &chance)] }
            if !joined.isEstablished { ends += 1 }
            if let record = joined.encrypt([42], at: .client) {
                let (plaintext, _) = joined.give(record, to: .server)
                #expect(plaintext.isEmpty || plaintext == [42])
            }
        }
        #expect(ends > 200, "most of them must have mattered")
    }

    @Test func randomBytesAreNoConversation() throws {
        var chance = SeededGenerator(seed: 99)
        for round in 0..<300 {
            let joined = try Joined(context)
            var bytes = (0..<Int.random(in: 1...2000, using: &chance)).map { _ in
                UInt8.random(in: 0...255, using: &chance)
            }
            // Half of them look like a record at first.
            if round % 2 == 0 { bytes = [22, 3, UInt8(round % 5)] + bytes }
            let (plaintext, output) = joined.give(bytes, to: .server)
            #expect(plaintext.isEmpty && output.count < 100 && joined.server.state != .established)
        }
    }

    private static func mutilated(_ flight: [UInt8], _ chance: inout SeededGenerator) -> [UInt8] {
        var flight = flight
        guard !flight.isEmpty, Int.random(in: 0..<3, using: &chance) > 0 else { return flight }
        let place = Int.random(in: 0..<flight.count, using: &chance)
        switch Int.random(in: 0..<5, using: &chance) {
        case 0: flight[place] ^= 1 << UInt8.random(in: 0..<8, using: &chance)
        case 1: flight.remove(at: place)
        case 2: flight.insert(UInt8.random(in: 0...255, using: &chance), at: place)
        case 3: flight.removeLast(flight.count - place)
        default: flight += flight[place...]
        }
        return flight
    }

    @Test func whatThereIsNoRoomForIsNotWritten() throws {
        let buffers = TLSBuffers()
        let bio = try #require(buffers.makeBIO())
        defer { BIO_free(bio) }
        let bytes = pattern(TLSBuffers.maxBytes)
        #expect(BIO_write(bio, bytes, CInt(bytes.count)) == bytes.count)
        #expect(BIO_write(bio, bytes, CInt(bytes.count)) == -1)
        #expect(buffers.output.count == bytes.count)
    }

    /// TLS 1.3 lets a client ask for new keys as often as it likes.
    @Test func questionsOfTLSItselfMakeNoMoreThanThereIsRoomFor() throws {
        let joined = try Joined(context)
        joined.converse()
        var questions: [UInt8] = []
        while questions.count < TLSBuffers.maxBytes - 100 {
            #expect(SSL_key_update(joined.clientSSL, SSL_KEY_UPDATE_REQUESTED) == 1)
            joined.clientBuffers.begin(UnsafeRawBufferPointer(start: nil, count: 0))
            SSL_do_handshake(joined.clientSSL)
            questions += joined.clientBuffers.output
        }
        let (_, output) = joined.give(questions, to: .server)
        #expect(!output.isEmpty && output.count <= TLSBuffers.maxBytes)
        #expect(joined.server.state == .established || joined.server.state == .failed)
    }
}
