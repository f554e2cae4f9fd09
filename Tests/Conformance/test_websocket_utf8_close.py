# SPDX-License-Identifier: Apache-2.0
"""RFC 6455 against the bare WebSocket echo: text must be UTF-8, and the close handshake has rules."""

import socket

import pytest

from frames import CLOSE, CONTINUATION, PING, TEXT, WebSocket
from test_websocket_rfc6455 import fails


@pytest.fixture
def peer(websocket_port):
    with WebSocket(websocket_port) as socket:
        yield socket


VALID = [
    "κόσμε", "\x00", "\x7f", "\x80", "\u07ff", "\u0800", "\ud7ff", "\ue000", "\ufffd", "\ufeff", "\uffff", "\U00010000",
    "\U0010ffff", "Hello-µ@ßöäüàá-UTF-8!!", "𝄞" * 40_000]

INVALID = [
    b"\x80", b"\xbf", b"\xfe", b"\xff", b"\xc0\x80", b"\xc1\xbf", b"\xc0\xaf", b"\xe0\x80\xaf", b"\xe0\x9f\xbf",
    b"\xf0\x80\x80\xaf", b"\xf0\x8f\xbf\xbf", b"\xf8\x88\x80\x80\x80", b"\xfc\x84\x80\x80\x80\x80", b"\xed\xa0\x80",
    b"\xed\xad\xbf", b"\xed\xbf\xbf", b"\xed\xa0\x80\xed\xb0\x80", b"\xf4\x90\x80\x80", b"\xf7\xbf\xbf\xbf",
    b"\xc3", b"\xe2\x82", b"\xf0\x9f\x98", b"\xc3\x28", b"\xe2\x28\xa1", b"\xe2\x82\x28", b"\xf0\x28\x8c\xbc",
    b"\xf0\x90\x28\xbc", b"\xf0\x28\x8c\x28", b"fine until \xce\xba\xe1\xbd\xb9 \xed\xa0\x80 here", b"a" * 4095 + b"\xc3"]


@pytest.mark.parametrize("text", VALID, ids=range(len(VALID)))
def test_valid_text_comes_back(peer, text):
    peer.say(text)
    assert peer.hear() == text


@pytest.mark.parametrize("step", [1, 2, 3])
def test_characters_may_be_split_over_fragments(peer, step):
    octets = "κόσμε 𝄞€".encode()
    for start in range(0, len(octets), step):
        peer.frame(CONTINUATION if start else TEXT, octets[start:start + step], fin=start + step >= len(octets))
    assert peer.hear() == "κόσμε 𝄞€"


def test_a_ping_may_come_within_a_character(peer):
    peer.frame(TEXT, b"\xf0\x9f", fin=False)
    peer.frame(PING)
    peer.frame(CONTINUATION, b"\x98\x80")
    assert peer.hear() == "😀"


@pytest.mark.parametrize("octets", INVALID)
def test_invalid_text_fails_with_1007(peer, octets):
    peer.frame(TEXT, octets)
    fails(peer, 1007)


@pytest.mark.parametrize("octets", INVALID)
def test_invalid_text_in_fragments_fails_with_1007(peer, octets):
    peer.frame(TEXT, b"", fin=False)
    for octet in octets[-12:-1]:
        peer.frame(CONTINUATION, bytes([octet]), fin=False)
    peer.frame(CONTINUATION, octets[-1:])
    fails(peer, 1007)


def test_a_message_may_not_end_within_a_character(peer):
    peer.frame(TEXT, b"\xe2", fin=False)
    peer.frame(CONTINUATION, b"\x82")
    fails(peer, 1007)


def test_binary_may_hold_anything(peer):
    peer.say(b"\xff\xfe\xed\xa0\x80")
    assert peer.hear() == b"\xff\xfe\xed\xa0\x80"


# Close


def close(code, reason=b""):
    return code.to_bytes(2, "big") + reason


def test_an_empty_close_is_answered(peer):
    peer.frame(CLOSE)
    assert peer.read()[1] == CLOSE
    assert peer.rest() == b""


@pytest.mark.parametrize("code", [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999])
def test_a_valid_close_code_is_answered_with_itself_or_1000(peer, code):
    peer.frame(CLOSE, close(code, "grüße".encode()))
    assert peer.ending() in (code, 1000, 1005)
    assert peer.rest() == b""


@pytest.mark.parametrize("code", [0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535])
def test_an_invalid_close_code_fails(peer, code):
    peer.frame(CLOSE, close(code))
    fails(peer, 1002)


def test_a_close_of_one_byte_fails(peer):
    peer.frame(CLOSE, b"\x03")
    fails(peer, 1002)


def test_a_close_reason_that_is_not_utf8_fails(peer):
    peer.frame(CLOSE, close(1000, b"\xed\xa0\x80"))
    assert peer.ending() in (1007, 1002)


def test_a_close_reason_may_fill_the_frame(peer):
    peer.frame(CLOSE, close(1000, b"x" * 123))
    assert peer.ending() in (1000, 1005)


def test_nothing_is_answered_after_a_close(peer):
    peer.frame(CLOSE, close(1000))
    try:
        peer.say("late")
        peer.frame(PING)
    except OSError:
        pass
    assert peer.read()[1] == CLOSE
    assert peer.read() is None


def test_a_close_among_fragments_is_answered(peer):
    peer.frame(TEXT, b"half", fin=False)
    peer.frame(CLOSE, close(1000))
    assert peer.ending() in (1000, 1005)


def test_what_was_said_before_a_half_close_is_still_answered_or_the_stream_ends(peer):
    peer.say("last")
    peer.socket.shutdown(socket.SHUT_WR)
    assert peer.hear() in ("last", None)
    assert peer.rest() == b""


def test_a_peer_that_vanishes_within_a_frame_harms_nobody(websocket_port):
    with WebSocket(websocket_port) as gone:
        gone.send(b"\x81\xfe\x10")
    with WebSocket(websocket_port) as other:
        other.say("on")
        assert other.hear() == "on"
