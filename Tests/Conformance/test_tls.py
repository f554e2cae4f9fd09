# SPDX-License-Identifier: Apache-2.0
"""HTTPS and secure WebSockets: what is agreed on, with whom, and that all goes as it does without TLS."""

import asyncio
import json
import os
import pathlib
import ssl
import subprocess
import sys
import threading

import aiohttp
import pytest
import socketio
from cryptography import x509

from certificates import Pair
from frames import TEXT, Refused, WebSocket, frame
from peers import PATIENCE, Bare, Stock
from server import Server
from sessions import SOCKET, Direct, query
from wire import Http, over

V1_0, V1_1, V1_2, V1_3 = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1, ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3


@pytest.fixture(scope="module")
def pair(tmp_path_factory):
    return Pair(tmp_path_factory.mktemp("tls"))


@pytest.fixture(scope="module")
def _secure(pair):
    server = Server.serve(*pair.flags, "--hsts", 63_072_000)
    yield server
    server.stop()


@pytest.fixture
def secure(_secure):
    _secure.ensure()
    yield _secure
    _secure.check()


def only(pair, version):
    return pair.trust(minimum=version, maximum=version)


def get(context, port, target="/healthz", headers=(), name="localhost"):
    with over(context, Http, name)(port) as http:
        return http.request("GET", target, headers)


@pytest.mark.parametrize("version", [V1_2, V1_3])
def test_a_request_is_answered_and_the_protocol_agreed_on(secure, pair, version):
    context = only(pair, version)
    context.set_alpn_protocols(["h2", "http/1.1"])
    with over(context, Http)(secure.port) as http:
        assert http.request("GET", "/healthz").text == "ok\n"
        assert http.socket.version() == version.name.replace("_", ".")
        assert http.socket.selected_alpn_protocol() == "http/1.1"
        assert http.socket.compression() is None


@pytest.mark.parametrize("version", [V1_0, V1_1])
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_old_versions_are_refused(secure, pair, version):
    context = only(pair, version)
    context.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.raises(ssl.SSLError, match="(?i)protocol.version"):
        get(context, secure.port)


def test_a_client_that_speaks_other_protocols_only_is_told_so(secure, pair):
    context = pair.trust()
    context.set_alpn_protocols(["h2"])
    with pytest.raises(ssl.SSLError, match="(?i)no.application.protocol"):
        get(context, secure.port)


def test_the_certificate_is_chosen_by_the_name_that_is_asked_for(parley, tmp_path):
    names = [("first.example",), ("*.example.org",), ("one.example.org", "two.example"), ("other.example",)]
    pairs = [Pair(tmp_path, name, f"pair{number}", use_rsa=number == 3) for number, name in enumerate(names)]
    server = parley(*[flag for pair in pairs for flag in pair.flags])
    context = ssl._create_unverified_context()
    for name, chosen in [("first.example", 0), ("unknown.example", 0), ("any.example.org", 1), ("one.example.org", 2),
                         ("ONE.example.org", 2), ("two.example", 2), ("other.example", 3), ("a.b.example.org", 0), (None, 0)]:
        with over(context, Http, name)(server.port) as http:
            shown = x509.load_der_x509_certificate(http.socket.getpeercert(True))
            assert shown.serial_number == pairs[chosen].serial, name
            assert http.request("GET", "/healthz").status == 200


@pytest.mark.parametrize("version", [V1_2, V1_3])
def test_a_session_is_resumed_with_a_ticket(secure, pair, version):
    context = only(pair, version)
    with over(context, Http)(secure.port) as http:
        assert http.request("GET", "/healthz").status == 200
        session = http.socket.session
        assert session.has_ticket and not http.socket.session_reused

    class Resumed(Http):
        def connect(self):
            return context.wrap_socket(super().connect(), server_hostname="localhost", session=session)

    with Resumed(secure.port) as http:
        assert http.socket.session_reused
        assert http.request("GET", "/healthz").status == 200


def test_answers_tell_browsers_to_come_with_tls_only_when_asked(secure, pair, parley):
    assert get(pair.trust(), secure.port).header("strict-transport-security") == "max-age=63072000"
    assert get(pair.trust(), secure.port, "/nothing").header("strict-transport-security") == "max-age=63072000"
    assert get(pair.trust(), parley(*pair.flags).port).header("strict-transport-security") is None


def test_pages_without_tls_are_foreign(secure, pair):
    own, plain = f"https://127.0.0.1:{secure.port}", f"http://127.0.0.1:{secure.port}"
    secure_socket = over(pair.trust(), WebSocket)
    assert get(pair.trust(), secure.port, query("polling", path=SOCKET), {"Origin": own}).status == 200
    assert get(pair.trust(), secure.port, query("polling", path=SOCKET), {"Origin": plain}).status == 403
    secure_socket(secure.port, query("websocket", path=SOCKET), {"Origin": own}).close()
    with pytest.raises(Refused):
        secure_socket(secure.port, query("websocket", path=SOCKET), {"Origin": plain})


class OnOneThread(Stock):
    """The stock client on asyncio. The other one reads a connection on one thread while it writes on another, which Python's TLS
    does not allow for."""

    def __init__(self, server, transport, context):
        self.loop = asyncio.new_event_loop()
        threading.Thread(target=self.loop.run_forever, daemon=True).start()
        super().__init__(server, transport, io=self.done(self.client(context)))

    async def client(self, context):
        self.http = aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=context))
        return socketio.AsyncClient(reconnection=False, http_session=self.http)

    def done(self, outcome):
        return asyncio.run_coroutine_threadsafe(outcome, self.loop).result(2 * PATIENCE)

    def leave(self):
        super().leave()
        self.done(self.http.close())
        self.loop.call_soon_threadsafe(self.loop.stop)


@pytest.mark.parametrize("transport", ["websocket", "polling", "upgrade"])
def test_two_stock_clients_relay_with_receipts(secure, pair, transport):
    room, sdp = f"secure-{transport}", "v=0" + "x" * 60_000
    a, b = (OnOneThread(secure, transport, pair.trust()) for _ in range(2))
    a.join(room)
    b.join(room)
    answer = a.ask("offer", {"to": b.id, "sdp": sdp})
    assert answer["ok"] is True, answer
    offer = b.expect("offer")
    assert (offer["from"], offer["sdp"]) == (a.id, sdp)
    for peer in (a, b):
        peer.leave()


def bare(server, pair):
    return Bare(server, over(pair.trust(), Direct)(server.port, SOCKET))


def test_a_megabyte_goes_each_way(secure, pair):
    a, b = bare(secure, pair), bare(secure, pair)
    a.join("large")
    b.join("large")
    for sender, receiver in ((a, b), (b, a)):
        data = os.urandom(1).hex() * 450_000  # what one peer may have waiting
        answer = sender.ask_later("message", {"room": "large", "data": data})
        event = receiver.expect_event("message", PATIENCE)
        assert event.payload["data"] == data
        receiver.acknowledge(event, {"ok": True})
        assert answer()["status"] == "delivered"
    a.leave()
    b.leave()


def test_many_frames_at_once_are_all_answered_in_order(secure, pair):
    peer = bare(secure, pair)
    frames = b"".join(frame(TEXT, f'42{number}["rooms"]'.encode()) for number in range(1, 1001))
    for start in range(0, len(frames), 50_000):
        peer.session.send(frames[start:start + 50_000])
    while len(peer.answers) < 1000:
        peer.read()
    assert list(peer.answers) == list(range(1, 1001))
    peer.leave()


def test_frames_that_are_cut_anywhere_into_records_are_read(secure, pair):
    socket = over(pair.trust(), WebSocket)(secure.port, query("websocket", path=SOCKET))
    assert socket.hear().startswith("0{")
    for octet in frame(TEXT, b"40"):
        socket.send(bytes([octet]))
    assert socket.hear().startswith("40{")
    socket.close()


def test_a_certificate_with_rsa_relays_too(parley, tmp_path):
    pair = Pair(tmp_path, use_rsa=True)
    server = parley(*pair.flags)
    for version in (V1_2, V1_3):
        assert get(only(pair, version), server.port).status == 200


@pytest.mark.parametrize("use_rsa", [False, True])
def test_a_scanner_finds_what_mozilla_recommends(parley, tmp_path, use_rsa):
    pytest.importorskip("sslyze")
    server = parley(*Pair(tmp_path, use_rsa=use_rsa).flags)
    report = tmp_path / "report.json"
    scanner = pathlib.Path(sys.executable).parent / "sslyze"
    done = subprocess.run(
        [scanner, "--mozilla_config=intermediate", f"--json_out={report}", f"localhost:{server.port}:127.0.0.1"],
        capture_output=True, text=True, timeout=50, check=False)
    found = json.loads(report.read_text())["server_scan_results"][0]
    assert found["scan_status"] == "COMPLETED", done.stdout
    verdict = done.stdout[done.stdout.index("COMPLIANCE AGAINST"):]
    faults = [line.strip() for line in verdict.splitlines() if line.strip().startswith("*")]
    print(verdict)
    # Nobody has signed the certificate, so there is no path to check.
    assert all("path" in fault or "trusted" in fault for fault in faults), verdict
