# SPDX-License-Identifier: Apache-2.0
"""Requests two parsers could read differently: each must be refused, and nothing after it may be answered."""

import re
import time

import pytest

from sessions import SOCKET, Polling
from wire import Http, Stream, fetch

HIDDEN = b"GET /healthz HTTP/1.1\r\nHost: hidden\r\n\r\n"
STATUS_LINE = re.compile(rb"^HTTP/1\.[01] \d", re.MULTILINE)
TARGET = b"/socket.io/?EIO=4&transport=polling"


def head(*fields, line=b"POST " + TARGET + b" HTTP/1.1", host=b"Host: x"):
    lines = [line, *([host] if host else []), *fields]
    return b"\r\n".join(lines) + b"\r\n\r\n"


def answers(port, data):
    """All that comes back before the server closes the connection."""
    with Stream(port) as stream:
        try:
            stream.send(data)
        except OSError:
            pass
        return stream.rest()


def refused(port, data, statuses=(400,)):
    back = answers(port, data + HIDDEN)
    assert len(STATUS_LINE.findall(back)) == 1, back
    assert int(back.split(b" ")[1]) in statuses, back
    assert fetch(port, "GET", "/healthz").status == 200


LENGTHS = {
    "two different": [b"Content-Length: 5", b"Content-Length: 6"],
    "two in one field": [b"Content-Length: 5, 6"],
    "the same twice in one field": [b"Content-Length: 5,5"],
    "plus sign": [b"Content-Length: +5"],
    "minus sign": [b"Content-Length: -1"],
    "inner space": [b"Content-Length: 5 5"],
    "hexadecimal": [b"Content-Length: 0x5"],
    "fraction": [b"Content-Length: 5.0"],
    "empty": [b"Content-Length:"],
    "beyond 64 bits": [b"Content-Length: 18446744073709551621"],
    "other digits": ["Content-Length: ٥".encode()],
    "with chunked": [b"Content-Length: 5", b"Transfer-Encoding: chunked"],
    "after chunked": [b"Transfer-Encoding: chunked", b"Content-Length: 5"],
}


@pytest.mark.parametrize("fields", LENGTHS.values(), ids=LENGTHS)
def test_an_ambiguous_length_is_refused(relay, fields):
    refused(relay.port, head(*fields) + b"0\r\n\r\n")


CODINGS = [
    b"Transfer-Encoding: xchunked", b"Transfer-Encoding: chunked, identity", b"Transfer-Encoding: gzip, chunked",
    b"Transfer-Encoding: gzip", b"Transfer-Encoding: \x0bchunked", b"Transfer-Encoding: chunked\x00",
    b"Transfer-Encoding:", b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
    b"Transfer-Encoding: identity\r\nTransfer-Encoding: chunked", b"Transfer-Encoding: 'chunked'",
    b"Transfer-Encoding: chunked, chunked", b"Transfer-Encoding: chunked;x=1"]


@pytest.mark.parametrize("coding", CODINGS)
def test_an_unusual_transfer_coding_is_refused(relay, coding):
    refused(relay.port, head(coding) + b"0\r\n\r\n", (400, 501))


def test_chunked_in_http_1_0_is_refused(relay):
    refused(relay.port, head(b"Transfer-Encoding: chunked", line=b"POST " + TARGET + b" HTTP/1.0") + b"0\r\n\r\n", (400, 505))


CHUNKS = {
    "not hexadecimal": b"g\r\nx\r\n0\r\n\r\n", "0x prefix": b"0x1\r\nx\r\n0\r\n\r\n", "sign": b"+1\r\nx\r\n0\r\n\r\n",
    "negative": b"-1\r\nx\r\n0\r\n\r\n", "empty size": b"\r\nx\r\n0\r\n\r\n", "inner space": b"1 1\r\nx\r\n0\r\n\r\n",
    "beyond 64 bits": b"10000000000000001\r\nx\r\n0\r\n\r\n", "no line end after the data": b"1\r\nx0\r\n\r\n",
    "bare LF after the size": b"1\nx\r\n0\r\n\r\n", "bare CR after the size": b"1\rx\r\n0\r\n\r\n",
}


@pytest.mark.parametrize("body", CHUNKS.values(), ids=CHUNKS)
def test_a_malformed_chunk_is_refused(relay, body):
    session = Polling(relay.port, SOCKET)
    refused(relay.port, head(b"Transfer-Encoding: chunked", line=f"POST {session.target} HTTP/1.1".encode()) + body)


HEADS = {
    "space before the colon": head(b"Content-Length : 0"),
    "folded field": head(b"X-One: a", b" b"),
    "field folded by a tab": head(b"X-One: a", b"\tb"),
    "fold before the first field": head(host=b" Host: x"),
    "no colon": head(b"nonsense"),
    "empty name": head(b": value"),
    "NUL in a value": head(b"X-One: a\x00b"),
    "control byte in a value": head(b"X-One: a\x07b"),
    "DEL in a value": head(b"X-One: a\x7fb"),
    "bare CR in a value": head(b"X-One: a\rb"),
    "control byte in a name": head(b"X\x01One: a"),
    "separator in a name": head(b"X(One): a"),
    "high byte in a name": head("Xé: a".encode()),
    "bare LF between fields": b"GET " + TARGET + b" HTTP/1.1\r\nHost: x\nX-One: a\r\n\r\n",
    "bare LF everywhere": b"GET " + TARGET + b" HTTP/1.1\nHost: x\n\n",
    "bare LF at the end of the head": b"GET " + TARGET + b" HTTP/1.1\r\nHost: x\r\n\n",
    "no host": head(host=None),
    "two hosts": head(b"Host: y"),
    "the same host twice": head(b"Host: x"),
    "a list of hosts": head(host=b"Host: x, y"),
    "space in the target": head(line=b"GET /a b HTTP/1.1"),
    "control byte in the target": head(line=b"GET /a\x01 HTTP/1.1"),
    "no version": head(line=b"GET /"),
    "unknown version": head(line=b"GET / HTTP/1.2"),
    "HTTP/2 preface": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "lower case version": head(line=b"GET / http/1.1"),
    "unknown method": head(line=b"G@T / HTTP/1.1"),
    "tab in the request line": head(line=b"GET\t/ HTTP/1.1"),
    "leading space": b" " + head(line=b"GET / HTTP/1.1"),
    "not HTTP at all": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(200) + b"\r\n\r\n",
}


@pytest.mark.parametrize("data", HEADS.values(), ids=HEADS)
def test_a_malformed_head_is_refused(relay, data):
    refused(relay.port, data, (400, 405, 501, 505))


# Size


@pytest.mark.parametrize("data", [
    head(b"X-Long: " + b"a" * 16_384, line=b"GET /healthz HTTP/1.1"),
    head(*[b"X-%d: %s" % (i, b"a" * 1000) for i in range(20)], line=b"GET /healthz HTTP/1.1"),
    head(*[b"X-%d: a" % i for i in range(101)], line=b"GET /healthz HTTP/1.1"),
    b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Endless: " + b"a" * 20_000,
], ids=["one long field", "many long fields", "101 fields", "a field without end"])
def test_a_head_beyond_the_limits_is_answered_431(relay, data):
    back = answers(relay.port, data)
    assert back.startswith(b"HTTP/1.1 431 ") and len(STATUS_LINE.findall(back)) == 1, back


def test_a_target_beyond_the_limit_is_refused(relay):
    back = answers(relay.port, head(line=b"GET /" + b"a" * 20_000 + b" HTTP/1.1"))
    assert int(back.split(b" ")[1]) in (414, 431), back


def test_a_head_within_the_limits_is_read(relay):
    fields = {f"X-{index}": "a" * 140 for index in range(90)}
    assert fetch(relay.port, "GET", "/healthz", fields).status == 200


@pytest.mark.slow
@pytest.mark.parametrize("start", [b"", b"GET /healthz HTTP/1.1\r\nHost: x\r\n"], ids=["silence", "half a head"])
def test_a_head_that_does_not_come_is_given_up_after_ten_seconds(relay, start):
    with Stream(relay.port, timeout=16) as stream:
        stream.send(start)
        began = time.monotonic()
        back = stream.rest()
    assert 8 < time.monotonic() - began < 13
    assert back == b"" or back.startswith(b"HTTP/1.1 408 ")


@pytest.mark.slow
def test_a_head_that_comes_in_drops_is_given_up_after_ten_seconds(relay):
    with Stream(relay.port) as stream:
        began = time.monotonic()
        with pytest.raises((OSError, EOFError)):
            stream.send(b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: ")
            while time.monotonic() - began < 16:
                stream.send(b"a")
                time.sleep(0.25)
                if not stream.quiet(0.01):
                    stream.take(1_000)
    assert 8 < time.monotonic() - began < 14


# What must keep working


def test_pipelined_requests_are_answered_in_order(relay):
    targets = ["/healthz", "/nothing", f"{SOCKET}?EIO=4", "/healthz", "/nothing"]
    with Http(relay.port) as http:
        http.send(b"".join(f"GET {target} HTTP/1.1\r\nHost: x\r\n\r\n".encode() for target in targets))
        assert [http.answer().status for _ in targets] == [200, 404, 400, 200, 404]


def test_a_pipelined_post_waits_for_the_answer_before_it(relay):
    session = Polling(relay.port, SOCKET)
    with Http(relay.port) as http:
        http.send(f"POST {session.target} HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n40".encode()
                  + f"GET {session.target} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        assert http.answer().text == "ok"
        assert http.answer().text.startswith("40{")


def test_a_request_octet_by_octet_is_read(relay):
    session = Polling(relay.port, SOCKET)
    with Http(relay.port) as http:
        http.trickle(f"POST {session.target} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
                     "1\r\n4\r\n1;ext=1\r\n0\r\n0\r\nTrailer: x\r\n\r\n".encode())
        assert http.answer().text == "ok"
    assert session.hear().startswith("40{")


def test_a_connection_is_kept_or_closed_as_asked(relay):
    with Http(relay.port) as http:
        assert http.request("GET", "/healthz").status == 200
        assert http.request("GET", "/healthz", {"Connection": "close"}).status == 200
        assert http.rest() == b""
    assert answers(relay.port, b"GET /healthz HTTP/1.0\r\nHost: x\r\n\r\n").startswith(b"HTTP/1.")


def test_a_request_for_another_protocol_is_the_last_of_its_connection(relay):
    with Http(relay.port) as http:
        http.send(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n")
        answer = http.answer()
        assert (answer.status, answer.header("connection")) == (200, "close")
