# SPDX-License-Identifier: Apache-2.0
"""Bytes that no honest client sends: the server may end that client, and nobody else may notice."""

import random
import socket

import pytest

from frames import BINARY, TEXT
from sessions import SEPARATOR, SOCKET, Direct, Polling, connected

DEEP = 100_000
ENGINE_PACKETS = [
    b"", b"0", b"1", b"1x", b"2", b"2probe", b"3", b"3probe", b"5", b"5x", b"6", b"7", b"8", b"9", b"a", b"b", b"b=", b"bA",
    b"b====", b"b\xff\xff", b"bAQID\nBA==", b"4", b"44", b"\x1e", b"\x1e\x1e\x1e", b"4\x1e", b"\x1e4", b"\x00", b"4\x00", b"4\xff",
    b"4\xed\xa0\x80", b"\xef\xbb\xbf4", b" 4", b"04", b"0{}", b'0{"sid":"x"}', b"-1", b"4\x1e4\x1e1\x1e4", b"40" * 1000,
    (SEPARATOR * 50_000).encode(), (("4" + SEPARATOR) * 10_000).encode(), b"x" * 999_999, b"b" + b"A" * 999_996]
SOCKET_PACKETS = [
    b"4-1", b"47", b"49", b"4:", b"4/", b"4,", b"40,", b"40/", b"40//", b"40/,", b"40/admin,", b"40/custom", b"40" + b"/x" * 5000 + b",",
    b"40{", b"40}", b"40[]", b"40null", b"40true", b"401", b"40\"x\"", b'40{"a":}', b'40{"\\u', b'40{"token":"\xff"}', b"40 {}", b"40{} ",
    b'40{"__proto__":{"x":1}}', b'40{"pid":"x","offset":"y"}', b'40{"pid":1,"offset":[]}', b"41", b"41{}", b"41/nothing,", b"42", b"42[]",
    b"42[", b"42]", b"42{}", b"42null", b"42\"x\"", b"42[1]", b"42[null]", b"42[{}]", b"42[[]]", b'42["a",]', b'42["a" "b"]', b"42['a']",
    b'42["a",01]', b'42["a",1.]', b'42["a",.5]', b'42["a",+1]', b'42["a",NaN]', b'42["a",Infinity]', b'42["a",0x1]', b'42["a",1e]',
    b'42["a",1e999999]', b'42["a",' + b"9" * 10_000 + b"]", b'42["a","\\x"]', b'42["a","\\u12"]', b'42["a","\\ud800"]',
    b'42["a","\x01"]', b'42["a"]x', b'42["a"]["b"]', b'42["connect"]', b'42["disconnect"]', b'42["newListener"]',
    b"42" + b"[" * DEEP + b"]" * DEEP, b"42" + b"[" * DEEP, b'42["a",' + b'{"a":' * DEEP, b'42["a",' + b'{"a":' * 200 + b"1" + b"}" * 200 + b"]",
    b'42["join",' + b"[" * 129 + b"]" * 129 + b"]", b'4218446744073709551616["a"]', b'42-1["a"]', b'42007["a"]', b"42" + b"9" * 10_000 + b'["a"]',
    b"43", b"430", b"430[]", b"431{}", b"4399999999999999999999[]", b'43-1["x"]', b"44", b"44{}", b'44"x"', b"45", b"45-", b"450-[]", b'450-["a"]',
    b'451-["a"]', b'45-1-["a"]', b'4511-["a"]', b'459999999999999999999-["a"]', b'451.5-["a"]', b'45 1-["a"]', b'451-["a",{"_placeholder":true}]',
    b'451-["a",{"_placeholder":true,"num":-1}]', b'451-["a",{"_placeholder":true,"num":1e9}]', b'451-["a",{"_placeholder":true,"num":"0"}]',
    b'452-["a",{"_placeholder":true,"num":0},{"_placeholder":true,"num":0}]', b"46", b"460-[]", b"461-0[]", b'461-["x"]']
EVENTS = [
    "join", "leave", "update", "peers", "rooms", "offer", "answer", "description", "candidate", "renegotiate", "hangup", "signal",
    "message", "ice", "report", "call", "moderate", "room:update", "knock:answer", "__proto__", "constructor", "", "peer:joined", "error"]
ARGUMENTS = [
    "", ",null", ",true", ",1", ",-0.0", ',""', ',"x"', ",[]", ",{}", ",[[[[]]]]", ',{"room":null}', ',{"room":1}', ',{"room":[]}', ',{"room":{}}',
    ',{"room":""}', ',{"room":"' + "x" * 5000 + '"}', ',{"room":"\\u0000"}', ',{"room":"a","room":"b"}', ',{"to":null}', ',{"to":1}', ',{"to":{}}',
    ',{"to":""}', ',{"to":"x","to":"y"}', ',{"to":"nobody","sdp":1}', ',{"to":"nobody","timeoutMs":-1}', ',{"to":"nobody","timeoutMs":1e400}',
    ',{"room":"a","metadata":' + '{"a":' * 127 + "1" + "}" * 127 + "}", ',{"room":"a","metadata":{"x":"' + "y" * 20_000 + '"}}', ',{},{},{},{}']


@pytest.fixture
def port(relay):
    yield relay.port
    serves_others(relay.port)


def serves_others(port):
    """Two strangers can still meet."""
    first, second = Polling(port, SOCKET), Direct(port, SOCKET)
    room = f"afterwards-{first.sid}"
    try:
        for session in (first, second):
            connected(session)
            assert session.hear().startswith('42["welcome"')
            session.say(f'4277["join","{room}"]')
            while not (heard := session.hear()).startswith("4377["):
                pass
            assert '"ok":true' in heard
    finally:
        first.say("41")
        second.close()


def attack_by_websocket(port, packets, opcode=TEXT, joined=True):
    session = Direct(port, SOCKET)
    if joined:
        connected(session)
    try:
        for packet in packets:
            session.frame(opcode, packet)
    except OSError:
        pass
    session.close()


def attack_by_polling(port, packets, joined=True):
    session = Polling(port, SOCKET)
    if joined:
        connected(session)
    for packet in packets:
        answer = session.post(packet)
        assert answer.status in (200, 400), answer
        if answer.status == 400:
            break
    assert session.get().status in (200, 400)


def test_the_corpus_is_large_enough():
    assert len(set(ENGINE_PACKETS + SOCKET_PACKETS)) >= 80


@pytest.mark.parametrize("joined", [True, False], ids=["joined", "not joined"])
@pytest.mark.parametrize("attack", [attack_by_websocket, attack_by_polling])
def test_no_malformed_packet_harms_others(port, attack, joined):
    for packet in ENGINE_PACKETS + SOCKET_PACKETS:
        # A poll that nothing ends would wait for the next ping, so each session also closes itself.
        attack(port, [packet, b"41", b"1"] if attack is attack_by_polling else [packet], joined=joined)


def test_no_malformed_packet_harms_others_as_a_binary_frame(port):
    for packet in ENGINE_PACKETS + SOCKET_PACKETS:
        attack_by_websocket(port, [packet], BINARY)


def test_every_event_with_every_odd_argument_is_answered_or_ends_its_sender(port):
    for event in EVENTS:
        session = Direct(port, SOCKET)
        connected(session)
        session.hear()
        for number, argument in enumerate(ARGUMENTS):
            session.say(f'42{number}["{event}"{argument}]')
            while (heard := session.hear()) and not heard.startswith("43"):
                pass
            if heard is None:
                session = Direct(port, SOCKET)
                connected(session)
                continue
            assert heard.startswith(f'43{number}[{{') and heard.endswith("}]"), (event, argument, heard)
            assert ('"ok":true' in heard) != ('"ok":false' in heard), (event, argument, heard)
        session.close()


def test_an_attachment_that_never_comes_holds_nobody_up(port):
    for _ in range(50):
        session = Direct(port, SOCKET)
        connected(session)
        session.say('459-["message",{"_placeholder":true,"num":0}]')
        session.say(b"x")
        session.close()


def test_a_connection_refused_a_thousand_times_is_ended(port):
    session = Direct(port, SOCKET)
    with pytest.raises((OSError, AssertionError)):
        for index in range(1000):
            session.say(f"40/unknown{index},")
            assert session.hear() is not None


def mutated(chance, packet):
    octets = bytearray(packet)
    for _ in range(chance.randint(1, 4)):
        position = chance.randrange(len(octets) + 1)
        kind = chance.randrange(5)
        if kind == 0:
            octets[position:position] = bytes([chance.randrange(256)])
        elif kind == 1 and octets:
            octets[position % len(octets)] ^= 1 << chance.randrange(8)
        elif kind == 2:
            del octets[position:position + chance.randint(1, 8)]
        elif kind == 3:
            octets[position:position] = chance.choice([b"[", b"]", b"{", b"}", b'"', b"\\", b",", b"\x1e", b"-", b"/", b"9" * 20])
        else:
            octets[position:position] = octets[:chance.randint(0, 64)]
    return bytes(octets)


SEEDS = [
    b'420["join",{"room":"r","metadata":{"name":"x"}}]', b'421["offer",{"to":"someone","sdp":"v=0\\r\\n"}]', b'40{"token":"x"}',
    b'422["candidate",{"to":"a","candidates":[{"candidate":"c","sdpMid":"0"},null]}]', b'42["message",{"room":"r","data":[1,2.5e3,null]}]',
    b'452-3["signal",{"to":"a","data":{"_placeholder":true,"num":0}},{"_placeholder":true,"num":1}]', b'430[{"ok":true}]', b"40/admin,{}"]


@pytest.mark.timeout(180)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_random_mutations_harm_nobody_and_memory_stays_bounded(relay, seed):
    chance = random.Random(seed)
    attack_by_websocket(relay.port, SEEDS)
    before = relay.resident_kib()
    for _ in range(400):
        packets = [mutated(chance, chance.choice(SEEDS)) for _ in range(5)]
        attack_by_websocket(relay.port, packets, chance.choice([TEXT, TEXT, BINARY]), chance.random() < 0.8)
    for _ in range(100):
        packets = [mutated(chance, chance.choice(SEEDS)) for _ in range(2)]
        attack_by_polling(relay.port, [*packets, b"1"])
    serves_others(relay.port)
    assert relay.resident_kib() - before < 64 * 1024


def test_garbage_instead_of_frames_harms_nobody(port):
    chance = random.Random(4)
    for _ in range(200):
        session = Direct(port, SOCKET)
        try:
            session.send(chance.randbytes(chance.randint(1, 300)))
            session.socket.shutdown(socket.SHUT_WR)
            session.rest()
        except (OSError, AssertionError):
            pass
        session.close()


def test_a_thousand_half_open_sessions_cost_little(relay):
    before = relay.resident_kib()
    for _ in range(1000):
        Polling(relay.port, SOCKET)
    assert relay.resident_kib() - before < 64 * 1024
    serves_others(relay.port)
