# SPDX-License-Identifier: Apache-2.0
"""What a client is refused for, that others are served meanwhile, and that /metrics counts it."""

import socket
import subprocess
import time

import pytest

from frames import BINARY, CLOSE, CONTINUATION, TEXT, Refused, WebSocket
from metrics import metrics
from peers import Bare, refused
from server import binary
from sessions import SOCKET, Direct, Polling, connected, query
from wire import Http, Stream, fetch

PATIENCE = 20


def refusals(server, reason):
    return metrics(server)[("parley_refusals_total", reason)]


@pytest.fixture
def counted(parley):
    """Starts a server, and checks at the end that it counted these refusals and still serves."""
    expected = []

    def start(*flags, **reasons):
        server = parley(*flags)
        before = {reason: refusals(server, reason) for reason in reasons}
        expected.append((server, before, reasons))
        return server

    yield start
    for server, before, reasons in expected:
        deadline = time.monotonic() + PATIENCE
        while (now := {reason: refusals(server, reason) - before[reason] for reason in reasons}) != reasons:
            assert time.monotonic() < deadline, f"counted {now}, not {reasons}"
            time.sleep(0.1)
        Bare(server).join("still-served")


# HTTP


@pytest.mark.parametrize("reason, status, request_", [
    ("request_head", 431, b"GET /" + b"x" * 20_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n"),
    ("request_head", 431, b"GET / HTTP/1.1\r\nHost: x\r\n" + b"A: b\r\n" * 101 + b"\r\n"),
    ("request_body", 413, b"POST /socket.io/?EIO=4 HTTP/1.1\r\nHost: x\r\nContent-Length: 1000001\r\n\r\n"),
    ("request", 400, b"GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n"),
    ("request", 400, b"\x16\x03\x01\x02\x00\x01"),
])
def test_a_request_that_is_refused(counted, reason, status, request_):
    server = counted(**{reason: 1})
    with Http(server.port) as http:
        http.send(request_)
        assert http.answer().status == status


@pytest.mark.timeout(60)
def test_who_takes_too_long_is_refused_and_holds_nobody_up(counted):
    server = counted("--connect-timeout", 60_000, slow_request=2, attachment_timeout=1)
    head, body, silent = Stream(server.port, 30), Stream(server.port, 30), Stream(server.port, 60)
    head.send(b"GET / HTTP/1.1\r\nHo")
    body.send(b"POST /socket.io/?EIO=4&transport=polling&sid=x HTTP/1.1\r\nHost: x\r\nContent-Length: 900\r\n\r\n1")
    half = Direct(server.port, SOCKET)
    connected(half)
    half.say('451-["message",{"_placeholder":true,"num":0}]')
    begun, others = time.monotonic(), 0
    waiting = {stream.socket for stream in (head, body, silent)}
    while waiting and time.monotonic() - begun < 45:
        # A byte now and then buys no time.
        for stream, byte in (head, b"s"), (body, b"1"):
            if stream.socket in waiting:
                try:
                    stream.send(byte)
                except OSError:
                    pass
        Bare(server).leave()
        others += 1
        for stream in (head, body, silent):
            stream.socket.settimeout(0.2)
            try:
                if stream.socket in waiting and not stream.socket.recv(65536):
                    waiting.discard(stream.socket)
            except TimeoutError:
                pass
            except OSError:
                waiting.discard(stream.socket)
    assert not waiting and others > 5
    half.socket.settimeout(20)
    assert half.ending() is not None


def test_a_client_that_joins_no_namespace_in_time(counted):
    session = Direct(counted("--connect-timeout", 300, connect_timeout=1).port, SOCKET)
    assert session.ending() is not None


# Connections


def test_a_flood_of_connections_from_one_address_leaves_the_others_theirs(counted):
    server = counted("--max-connections-per-address", 8, connections_of_address=40)

    def connection(address):
        return socket.create_connection(("127.0.0.1", server.port), timeout=5, source_address=(address, 0))

    kept = [connection("127.0.0.2") for _ in range(8)]
    time.sleep(0.3)
    for _ in range(40):
        with connection("127.0.0.2") as refused_:
            assert refused_.recv(4096).startswith(b"HTTP/1.1 503")
    with connection("127.0.0.3") as other:
        other.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        assert other.recv(4096).startswith(b"HTTP/1.1 200")
    for one in kept:
        one.close()


def test_a_foreign_origin(counted):
    server = counted(origin=2)
    with pytest.raises(Refused):
        WebSocket(server.port, query("websocket", path=SOCKET), {"Origin": "https://evil.example"})
    answer = fetch(server.port, "GET", query("polling", path=SOCKET), {"Origin": "https://evil.example"})
    assert answer.status == 403 and answer.header("access-control-allow-credentials") is None


# WebSocket


@pytest.mark.parametrize("reason, code, frames", [
    ("frame", 1002, [(TEXT, b"x", {"rsv": 4})]),
    ("frame", 1002, [(CONTINUATION, b"x", {})]),
    ("text", 1007, [(TEXT, b"\xff", {})]),
    ("message_size", 1009, [(None, b"\x81\xff" + (1_000_001).to_bytes(8, "big") + b"mask", {})]),
    ("message_size", 1009, [(BINARY, b"x" * 600_000, {"fin": False}), (CONTINUATION, b"x" * 600_000, {})]),
    ("fragments", 1009, [(TEXT, b"", {"fin": False})] + [(CONTINUATION, b"", {"fin": False})] * 1_024),
])
def test_a_frame_that_is_refused(counted, reason, code, frames):
    session = Direct(counted(**{reason: 1}).port, SOCKET)
    for opcode, payload, how in frames:
        try:
            session.frame(opcode, payload, **how) if opcode is not None else session.send(payload)
        except OSError:
            break
    assert session.ending() == code


# Packets


@pytest.mark.parametrize("transport", [Direct, Polling])
@pytest.mark.parametrize("packet", ["x", '42["a"', "4" + "[" * 200 + "]" * 200, "42[" + "[" * 129 + "]" * 129 + "]"])
def test_a_packet_that_is_none(counted, transport, packet):
    session = transport(counted(packet=1).port, SOCKET)
    connected(session)
    session.post(packet) if transport is Polling else session.say(packet)
    while session.hear():
        pass


def test_a_flood_of_packets_is_told_why(counted):
    session = Direct(counted("--max-packets-per-second", 50, packet_rate=1).port, SOCKET)
    connected(session)
    for _ in range(300):
        try:
            session.say('42["message"]')
        except OSError:
            break
    while (got := session.read()) and got[1] != CLOSE:
        pass
    assert got[2] == b"\x03\xf0Too many packets."


def test_attachments_are_counted_together(counted):
    session = Direct(counted("--max-payload", 10_000, attachments=1).port, SOCKET)
    connected(session)
    session.say('452-["message",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]')
    for _ in range(2):
        session.say(b"x" * 6_000)
    while session.hear():
        pass


def test_a_flood_of_namespaces(counted):
    session = Direct(counted(connects=1).port, SOCKET)
    for number in range(150):
        try:
            session.say(f"40/room-{number},")
        except OSError:
            break
    heard = 0
    while packet := session.hear():
        assert "Invalid namespace" in packet
        heard += 1
    assert heard == 100


def test_a_flood_of_acks_changes_nothing(parley):
    server = parley()
    peer = Bare(server)
    before = server.resident_kib()
    for number in range(20_000):
        peer.session.say(f'43{number * 7_919 % (1 << 40)}[{{"ok":true}}]')
    peer.session.say('43999999999999999999999[1]')
    try:
        assert peer.join("r")["ok"]
    except (EOFError, OSError):
        pass  # an id that no number can hold ends the connection
    assert Bare(server).join("r")["ok"]
    assert server.resident_kib() - before < 16 * 1024


@pytest.mark.timeout(60)
@pytest.mark.parametrize("transport", [Direct, Polling])
def test_a_client_that_does_not_read_is_ended_and_costs_others_nothing(counted, transport):
    server = counted(slow_consumer=1)
    sender, third = Bare(server), Bare(server)
    for one in sender, third:
        one.join("r")
    slow = transport(server.port, SOCKET)
    slow.say("40")
    slow.say('42["join",{"room":"r"}]')
    sender.expect("peer:joined")
    before, gone = server.resident_kib(), False
    for _ in range(400):
        answer = sender.ask("message", {"room": "r", "data": "x" * 60_000, "confirm": "none"})
        assert answer["ok"], answer
        while third.session.buffer:
            third.read()
        third.expect("message")
        if gone := any(event.name in ("peer:away", "peer:left") for event in sender.heard):
            break
    assert gone, "it was kept"
    assert server.resident_kib() - before < 24 * 1024


# Codes


def test_requests_that_fail_are_counted_by_their_code(parley):
    server = parley()
    peer = Bare(server)
    for _ in range(3):
        refused(peer.ask("offer", {"to": "nobody", "sdp": "x"}), "peer_not_found")
    refused(peer.ask("nonsense"), "unknown_event")
    found = metrics(server)
    assert found[("parley_request_failures_total", "peer_not_found")] == 3
    assert found[("parley_request_failures_total", "unknown_event")] == 1


@pytest.mark.parametrize("event, payload, field", [
    ("offer", {"sdp": "x" * 66_000}, None), ("candidate", {"candidate": "x" * 3_000}, None),
    ("join", {"room": "r2", "metadata": {"x": "y" * 5_000}}, "metadata"),
    ("update", {"set": {"x": "y" * 5_000}}, "set"),
])
def test_what_is_too_large_is_refused_and_the_connection_stays(parley, event, payload, field):
    server = parley()
    ada, bob = Bare(server), Bare(server)
    for one in ada, bob:
        one.join("r")
    refused(ada.ask(event, {"to": bob.id, **payload}), "too_large", field)
    refused(ada.ask("join", {"room": "x" * 129}), "bad_payload", "room")
    assert ada.ask("offer", {"to": bob.id, "sdp": "v=0", "confirm": "none"})["ok"]
    assert metrics(server)[("parley_request_failures_total", "too_large")] == 1


# Who may read them


def test_the_metrics_are_for_this_machine_unless_others_are_named(parley):
    server = parley("--trusted-proxy", "127.0.0.1", "--metrics-from", "192.0.2.0/24")
    for address, status in ("127.0.0.1", 200), ("192.0.2.7", 200), ("198.51.100.1", 403):
        assert fetch(server.port, "GET", "/metrics", {"X-Forwarded-For": address}).status == status
    assert fetch(server.port, "POST", "/metrics").status == 405


def test_a_proxy_that_is_not_trusted_reads_no_metrics(relay):
    assert fetch(relay.port, "GET", "/metrics").status == 200
    for name in "X-Forwarded-For", "Forwarded":
        assert fetch(relay.port, "GET", "/metrics", {name: "127.0.0.1"}).status == 403


def test_there_need_be_no_metrics(parley):
    assert fetch(parley("--no-metrics").port, "GET", "/metrics").status == 404


def test_open_connections_are_counted(parley):
    server = parley()
    sessions = [Direct(server.port, SOCKET) for _ in range(5)]
    assert metrics(server)[("parley_connections", None)] >= 6
    for session in sessions:
        session.close()


def test_what_is_no_network_is_said():
    done = subprocess.run([binary(), "serve", "--no-web", "--port", "0", "--metrics-from", "x"], capture_output=True,
                          text=True, timeout=20, check=False)
    assert done.returncode == 64 and "--metrics-from must be an IP address" in done.stderr
