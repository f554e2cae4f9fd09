# SPDX-License-Identifier: Apache-2.0
"""RFC 6455 against the bare WebSocket echo, in the manner of the Autobahn suite."""

import socket
import struct
import time

import pytest

from frames import BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT, WebSocket, frame
from sessions import Direct


@pytest.fixture
def peer(websocket_port):
    with WebSocket(websocket_port) as socket:
        yield socket


def fails(peer, code):
    """The server closes with that code, says no more, and ends the stream once the peer has."""
    assert peer.ending() == code
    peer.socket.shutdown(socket.SHUT_WR)
    assert peer.rest() == b""


def test_a_peer_that_does_not_hang_up_is_hung_up_on(peer):
    peer.frame(3)
    assert peer.ending() == 1002
    assert peer.rest() == b""


# Data


@pytest.mark.parametrize("size", [0, 1, 125, 126, 127, 128, 65_535, 65_536, 1_048_576, 4_000_000])
@pytest.mark.parametrize("kind", ["text", "binary"])
def test_messages_of_every_length_form_come_back(peer, kind, size):
    message = "*" * size if kind == "text" else bytes(size)
    peer.say(message)
    assert peer.hear() == message


@pytest.mark.parametrize("step", [1, 997])
def test_a_frame_cut_into_pieces_comes_back(peer, step):
    octets = frame(TEXT, "größer als 126 Zeichen ".encode() * 20)
    for start in range(0, len(octets), step):
        peer.send(octets[start:start + step])
        time.sleep(0.0005)
    assert peer.hear() == "größer als 126 Zeichen " * 20


def test_many_frames_in_one_write_come_back_in_order(peer):
    peer.send(b"".join(frame(TEXT, str(index).encode()) for index in range(500)))
    assert [peer.hear() for _ in range(500)] == [str(index) for index in range(500)]


def test_a_payload_that_is_masked_by_zeros_comes_back(peer):
    peer.send(b"\x81\x85\0\0\0\0hello")
    assert peer.hear() == "hello"


# Ping and pong


@pytest.mark.parametrize("payload", [b"", b"hello", b"\x00\xff\xfe", b"x" * 125])
def test_a_ping_is_answered_with_its_payload(peer, payload):
    peer.frame(PING, payload)
    assert peer.read() == (True, PONG, payload)


def test_ten_pings_are_answered_in_order(peer):
    for index in range(10):
        peer.frame(PING, b"%d" % index)
    assert [peer.read()[2] for _ in range(10)] == [b"%d" % index for index in range(10)]


def test_a_pong_nobody_asked_for_is_ignored(peer):
    peer.frame(PONG, b"unasked")
    peer.say("on")
    assert peer.hear() == "on"


@pytest.mark.parametrize("opcode", [PING, PONG, CLOSE])
def test_a_control_frame_beyond_125_bytes_fails(peer, opcode):
    peer.frame(opcode, b"\x03\xe8" + b"x" * 124)
    fails(peer, 1002)


@pytest.mark.parametrize("opcode", [PING, PONG, CLOSE])
def test_a_fragmented_control_frame_fails(peer, opcode):
    peer.frame(opcode, b"", fin=False)
    fails(peer, 1002)


# Bits and codes nobody agreed on


@pytest.mark.parametrize("rsv", range(1, 8))
@pytest.mark.parametrize("opcode", [TEXT, BINARY, PING])
def test_a_reserved_bit_fails(peer, opcode, rsv):
    peer.frame(opcode, b"x", rsv=rsv)
    fails(peer, 1002)


@pytest.mark.parametrize("opcode", [3, 4, 5, 6, 7, 11, 12, 13, 14, 15])
def test_a_reserved_opcode_fails(peer, opcode):
    peer.say("before")
    assert peer.hear() == "before"
    peer.frame(opcode, b"x")
    fails(peer, 1002)


@pytest.mark.parametrize("opcode", [TEXT, BINARY, PING, CLOSE])
def test_an_unmasked_frame_fails(peer, opcode):
    peer.frame(opcode, b"\x03\xe8", mask=False)
    fails(peer, 1002)


@pytest.mark.parametrize("length", [
    b"\xff\x80" + bytes(7), b"\xff" + b"\xff" * 8], ids=["top bit set", "all bits set"])
def test_a_length_beyond_63_bits_fails(peer, length):
    peer.send(b"\x82" + length + b"\0\0\0\0")
    assert peer.ending() in (1002, 1009)


@pytest.mark.parametrize("length", [16, 64])
def test_a_length_longer_than_needed_is_refused_or_read_right(peer, length):
    peer.frame(TEXT, b"hello", length=length)
    got = peer.read()
    assert got in [(True, TEXT, b"hello"), (True, CLOSE, got[2])] and got[2][:2] in (b"he", b"\x03\xea")


def test_a_declared_length_beyond_the_limit_is_refused_before_the_data(peer):
    peer.send(b"\x82\xff" + struct.pack(">Q", 1 << 40) + b"\0\0\0\0")
    fails(peer, 1009)


# Fragments


@pytest.mark.parametrize("opcode", [TEXT, BINARY])
@pytest.mark.parametrize("parts", [[b"a", b"b"], [b"", b"", b""], [b"a", b"", b"b"], [b"x"] * 50])
def test_fragments_are_joined(peer, opcode, parts):
    for index, part in enumerate(parts):
        peer.frame(CONTINUATION if index else opcode, part, fin=index == len(parts) - 1)
    heard = peer.hear()
    assert heard == (b"".join(parts).decode() if opcode == TEXT else b"".join(parts))


def test_control_frames_between_fragments_are_answered_at_once(peer):
    peer.frame(TEXT, b"one ", fin=False)
    peer.frame(PING, b"between")
    assert peer.read() == (True, PONG, b"between")
    peer.frame(PONG)
    peer.frame(CONTINUATION, b"two")
    assert peer.hear() == "one two"


@pytest.mark.parametrize("fin", [True, False])
def test_a_continuation_of_nothing_fails(peer, fin):
    peer.frame(CONTINUATION, b"x", fin=fin)
    fails(peer, 1002)


def test_a_continuation_after_a_finished_message_fails(peer):
    peer.frame(TEXT, b"a", fin=False)
    peer.frame(CONTINUATION, b"b")
    assert peer.hear() == "ab"
    peer.frame(CONTINUATION, b"c")
    fails(peer, 1002)


@pytest.mark.parametrize("opcode", [TEXT, BINARY])
def test_a_new_message_among_fragments_fails(peer, opcode):
    peer.frame(TEXT, b"a", fin=False)
    peer.frame(opcode, b"b")
    fails(peer, 1002)


def fragments(session, count):
    session.send(b"".join(
        frame(CONTINUATION if index else TEXT, b"4" if index == 0 else b"x", fin=index == count - 1)
        for index in range(count)))


def test_1024_fragments_are_joined_and_more_are_not(engine):
    session = Direct(engine)
    fragments(session, 1024)
    assert session.hear() == "4" + "x" * 1023
    fragments(session, 1200)
    assert session.ending() in (1002, 1008, 1009)
