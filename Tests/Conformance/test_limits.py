# SPDX-License-Identifier: Apache-2.0
"""The limits on sizes, connections and rates, and what happens to a client that meets one."""

import time

import pytest

from frames import Refused, WebSocket
from server import Server, free_port
from sessions import SOCKET, Direct, Polling, connected, query
from wire import Http, fetch


@pytest.mark.parametrize("how", ["declared", "chunked"])
def test_a_post_over_the_limit_is_answered_413_and_leaves_the_session_open(parley, how):
    server = parley("--max-payload", 1000)
    session = Polling(server.port, SOCKET)
    assert session.open["maxPayload"] == 1000
    with Http(server.port) as http:
        if how == "declared":
            http.send(f"POST {session.target} HTTP/1.1\r\nHost: x\r\nContent-Length: 1001\r\n\r\n".encode())
        else:
            http.send(f"POST {session.target} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
                      + b"1f4\r\n" + b"4" * 500 + b"\r\n1f5\r\n" + b"4" * 501 + b"\r\n0\r\n\r\n")
        answer = http.answer()
    assert (answer.status, answer.body) == (413, b"")
    connected(session)
    assert session.post("42" + "x" * 998 + "y").status == 413
    assert session.alive()


def test_a_post_of_exactly_the_limit_is_read(parley):
    server = parley("--max-payload", 1000)
    session = Polling(server.port, SOCKET)
    connected(session)
    assert session.post('42["' + "x" * 994 + '"]').status == 200
    assert session.alive()


def test_a_websocket_message_over_the_limit_is_closed_with_1009(parley):
    session = Direct(parley("--max-payload", 1000).port, SOCKET)
    session.say("4" * 1001)
    assert session.ending() == 1009


def test_health_is_answered(relay):
    port = relay.port
    assert fetch(port, "GET", "/healthz").status == 200
    assert fetch(port, "GET", "/readyz").status == 200


def test_the_ninth_connection_of_an_address_is_refused_with_503(parley):
    server = parley("--max-connections-per-address", 8)
    time.sleep(0.2)
    kept = [Direct(server.port, SOCKET) for _ in range(8)]
    with pytest.raises((Refused, EOFError)) as refusal:
        WebSocket(server.port, query("websocket", path=SOCKET))
    assert refusal.type is EOFError or refusal.value.answer.status == 503
    kept.pop().close()
    time.sleep(0.2)
    Direct(server.port, SOCKET).close()


def flood(session, count):
    connected(session)
    for _ in range(count):
        try:
            session.say('42["message"]')
        except OSError:
            break


def test_a_flood_of_packets_ends_the_connection(parley):
    session = Direct(parley("--max-packets-per-second", 50).port, SOCKET)
    flood(session, 1000)
    while session.hear():
        pass


def test_without_an_option_only_a_flood_from_elsewhere_ends_the_connection():
    port = free_port()
    server = Server("serve", ["--no-web", "--port", port, "--trusted-proxy", "127.0.0.1"], [port])
    try:
        elsewhere = Direct(port, SOCKET, {"X-Forwarded-For": "192.0.2.1"})
        flood(elsewhere, 3000)
        while elsewhere.hear():
            pass
        here = Direct(port, SOCKET)
        flood(here, 3000)
        here.say('421["leave"]')
        while not here.hear().startswith("431"):
            pass
    finally:
        server.stop()
