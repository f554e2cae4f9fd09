# SPDX-License-Identifier: Apache-2.0
"""What a server with HTTPS does about clients that speak something else, or TLS as it should not be spoken."""

import random
import select
import socket
import ssl
import time

import pytest
from OpenSSL import SSL

from certificates import Pair
from frames import CLOSE, TEXT, frame
from peers import Bare
from server import Server
from sessions import SOCKET, Direct
from wire import Http, Stream, over

V1_2, V1_3 = ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3


@pytest.fixture(scope="module")
def pair(tmp_path_factory):
    return Pair(tmp_path_factory.mktemp("tls"))


@pytest.fixture(scope="module")
def _secure(pair):
    server = Server.serve(*pair.flags)
    yield server
    server.stop()


@pytest.fixture
def secure(_secure, pair):
    """What happens to it must not be worth a word, and others must be served as before."""
    _secure.ensure()
    said = _secure.output()
    yield _secure
    _secure.check()
    assert _secure.output() == said
    with over(pair.trust(), Http)(_secure.port) as http:
        assert http.request("GET", "/healthz").status == 200


def opening(pair):
    """The first flight of a client, as it goes over the wire, and the client that made it."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = pair.trust().wrap_bio(incoming, outgoing, server_hostname="localhost")
    with pytest.raises(ssl.SSLWantReadError):
        client.do_handshake()
    return outgoing.read(), client, incoming, outgoing


@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS", "DELETE", "PRI"])
@pytest.mark.parametrize("pause", [None, 0.001])
def test_plain_http_is_answered_in_words(secure, method, pause):
    with Http(secure.port) as http:
        request = f"{method} / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhello".encode()
        if pause is None:
            http.send(request)
        else:
            http.send(request[:1])  # the first octet says it
        answer = http.answer()
        assert (answer.status, answer.header("connection")) == (400, "close")
        assert answer.header("content-type") == "text/plain; charset=utf-8"
        assert "This port speaks HTTPS. Use https://" in answer.text
        assert http.rest() == b""


@pytest.mark.parametrize("garbage", [
    b"\x00" * 100, b"\x16", b"\x16\x03\x01\xff\xff" + b"x" * 70_000, b"\x16\x03\x01\x00\x05hello", b"\x16\x03\x03\x00\x00" * 1000,
    b"\x17\x03\x03\x00\x10" + b"x" * 16, b"\x15\x03\x01\x00\x02\x02\x28", b"\x14\x03\x03\x00\x01\x01" * 100, b"\x80\x2e\x01\x00\x02",
    b"\x05\x01\x00", b"\xff" * 200_000, b"get / http/1.1\r\n\r\n"], ids=lambda garbage: garbage[:6].hex())
def test_garbage_is_closed(secure, garbage):
    with Stream(secure.port) as stream:
        try:
            stream.send(garbage)
            stream.socket.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # closed while we sent
        said = stream.rest()
        assert said == b"" or said[0] == 0x15, said


def refused(server, pair):
    """How many connections the server has counted whose TLS was none, or came too late."""
    with over(pair.trust(), Http)(server.port) as http:
        lines = http.request("GET", "/metrics").text.splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith('parley_refusals_total{reason="tls"}'))


def test_what_is_no_tls_gets_an_alert_and_is_counted(secure, pair):
    before = refused(secure, pair)
    with Stream(secure.port) as stream:
        stream.send(b"\x05\x01\x00\x05\x01")
        assert stream.rest() == bytes([0x15, 3, 1, 0, 2, 2, 10])
    assert refused(secure, pair) == before + 1


def test_a_first_flight_with_any_octet_changed_is_refused_or_gone_on_with(secure, pair):
    hello = opening(pair)[0]
    chance = random.Random(7)
    for place in chance.sample(range(len(hello)), 120):
        broken = bytearray(hello)
        broken[place] ^= 1 << chance.randrange(8)
        with Stream(secure.port) as stream:
            try:
                stream.send(bytes(broken))
                stream.socket.shutdown(socket.SHUT_WR)
            except OSError:
                pass
            said = stream.rest()
            assert said == b"" or said[0] in (0x15, 0x16), (place, said[:20])


def test_a_handshake_octet_by_octet_succeeds(secure, pair):
    hello, client, incoming, outgoing = opening(pair)
    with Stream(secure.port) as stream:
        stream.trickle(hello)
        while True:
            try:
                client.do_handshake()
                break
            except ssl.SSLWantReadError:
                assert stream.fill()
                incoming.write(stream.buffer)
                stream.buffer = b""
        client.write(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        stream.trickle(outgoing.read())
        said = b""
        while b"ok\n" not in said:
            try:
                said += client.read(1000)
            except ssl.SSLWantReadError:
                assert stream.fill()
                incoming.write(stream.buffer)
                stream.buffer = b""


def test_a_handshake_cut_anywhere_leaves_nothing_behind(secure, pair):
    hello = opening(pair)[0]
    for end in range(0, len(hello), 3):
        with Stream(secure.port) as stream:
            stream.send(hello[:end])


@pytest.mark.slow
def test_a_handshake_must_be_complete_in_time(secure, pair):
    hello, before = opening(pair)[0], refused(secure, pair)
    silent, slow = Stream(secure.port), Stream(secure.port)
    begun = time.monotonic()
    open_streams, sent = [silent, slow], 0
    while open_streams and time.monotonic() < begun + 30:
        try:
            if slow in open_streams:
                slow.send(hello[sent:sent + 1])
                sent += 1
        except OSError:
            pass
        readable = select.select([stream.socket for stream in open_streams], [], [], 0.5)[0]
        open_streams = [stream for stream in open_streams if stream.socket not in readable or stream.fill()]
    assert not open_streams
    assert sent < len(hello)
    assert refused(secure, pair) == before + 2


def renegotiating(port):
    """A client that asks for another handshake on the same connection."""
    context = SSL.Context(SSL.TLS_CLIENT_METHOD)
    context.set_max_proto_version(SSL.TLS1_2_VERSION)
    stream = socket.create_connection(("127.0.0.1", port), timeout=5)
    stream.setblocking(True)
    client = SSL.Connection(context, stream)
    client.set_connect_state()
    client.do_handshake()
    return client


def test_renegotiation_is_refused(secure):
    client = renegotiating(secure.port)
    client.renegotiate()
    with pytest.raises(SSL.Error) as refusal:
        client.do_handshake()
    assert "no renegotiation" in str(refusal.value)
    client.close()


@pytest.mark.parametrize("version", [V1_2, V1_3])
def test_a_goodbye_is_answered_with_one(secure, pair, version):
    with over(pair.trust(minimum=version, maximum=version), Http)(secure.port) as http:
        assert http.request("GET", "/healthz").status == 200
        # Raises unless the server has said that it sends no more, before it closes.
        plain = http.socket.unwrap()
        assert plain.recv(1) == b""


@pytest.mark.parametrize("version", [V1_2, V1_3])
def test_the_server_says_goodbye_when_it_closes(secure, pair, version):
    context = pair.trust(minimum=version, maximum=version)
    with over(context, Http)(secure.port) as http:
        http.request("GET", "/healthz", {"Connection": "close"})
        assert http.socket.recv(1) == b"", "the end would raise without a goodbye"
    session = over(context, Direct)(secure.port, SOCKET)
    session.frame(CLOSE, b"\x03\xe8")
    assert session.ending() == 1000
    assert session.socket.recv(1) == b""


def test_a_client_that_ends_its_side_without_a_goodbye_is_closed(secure, pair):
    with over(pair.trust(), Http)(secure.port) as http:
        assert http.request("GET", "/healthz").status == 200
        socket.socket.shutdown(http.socket, socket.SHUT_WR)
        assert http.socket.recv(1) == b""


def bare(server, pair):
    return Bare(server, over(pair.trust(), Direct)(server.port, SOCKET))


def test_a_peer_that_does_not_read_is_closed_and_takes_no_memory(parley, pair):
    server = parley(*pair.flags, "--threads", 1)
    sender, slow = bare(server, pair), bare(server, pair)
    slow.join("slow")
    sender.join("slow")
    before, said = server.resident_kib(), '42["message",{"room":"slow","confirm":"none","data":"' + "x" * 50_000 + '"}]'
    for _ in range(600):
        sender.session.send(frame(TEXT, said.encode()))
    sender.ask("rooms")  # answered after all that came before it
    assert server.resident_kib() - before < 16 * 1024
    sender.leave()
    slow.drop()


@pytest.mark.parametrize("version", [V1_2, V1_3])
def test_connections_that_come_and_go_leave_nothing_behind(parley, pair, version):
    server = parley(*pair.flags, "--threads", 1)
    hello = opening(pair)[0]
    context = pair.trust(minimum=version, maximum=version)

    def round_of(count):
        for number in range(count):
            if number % 2:
                with Stream(server.port) as stream:
                    stream.send(hello[:number % len(hello)])
            else:
                with over(context, Http)(server.port) as http:
                    http.request("GET", "/healthz")

    round_of(200)
    before = server.resident_kib()
    round_of(600)
    assert server.resident_kib() - before < 4 * 1024


def test_a_connection_too_many_is_closed_without_a_handshake(parley, pair):
    server = parley(*pair.flags, "--max-connections-per-address", 4)
    kept = []
    while len(kept) < 4:  # the first look at the port may still count
        try:
            kept.append(over(pair.trust(), Http)(server.port))
        except OSError:
            time.sleep(0.05)
    with Stream(server.port) as stream:
        assert stream.rest() == b""
    kept.pop().close()
    deadline = time.monotonic() + 10
    while True:
        try:
            with over(pair.trust(), Http)(server.port) as http:
                assert http.request("GET", "/healthz").status == 200
                break
        except OSError:
            assert time.monotonic() < deadline
            time.sleep(0.05)
    for stream in kept:
        stream.close()
