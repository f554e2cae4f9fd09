# SPDX-License-Identifier: Apache-2.0
"""The default limits of signaling, of which the README has a table: the last that is taken, and the first that is not."""

import contextlib
import json

import pytest

from admins import Admin, account
from frames import Refused
from peers import Bare, refused
from server import Server, binary
from sessions import SOCKET, Direct, Polling, connected
from tokens import SECRET
from wire import Http


@pytest.fixture
def come(relay):
    """Makes peers of the shared server, which leave when the test ends."""
    inside = []

    def come(number=1):
        inside.extend(Bare(relay) for _ in range(number))
        return inside[-number:]

    yield come
    for peer in inside:
        peer.leave()


@pytest.fixture
def room(request):
    return request.node.name


def test_a_peer_is_in_64_rooms(come, room):
    [peer] = come()
    for number in range(64):
        peer.join(f"{room} {number}")
    refused(peer.ask("join", {"room": f"{room} 64"}), "rate_limited")
    assert peer.ask("leave", {"room": f"{room} 0"})["ok"]
    peer.join(f"{room} 64")


@pytest.mark.timeout(120)
def test_a_room_holds_256_and_up_to_1024_by_its_creator(come, room):
    first, *others = come(257)
    for peer in [first, *others[:-1]]:
        peer.join(room)
    refused(others[-1].ask("join", {"room": room}), "room_full")
    larger = {"room": f"{room} 2", "settings": {"capacity": 1_025}}
    refused(others[-1].ask("join", larger), "bad_payload", "settings.capacity")
    assert others[-1].join(f"{room} 2", settings={"capacity": 1_024})["room"]["settings"]["capacity"] == 1_024


@pytest.mark.timeout(120)
def test_a_lobby_holds_256(come, room):
    owner, *visitors = come(258)
    owner.join(room, settings={"lobby": True})
    for visitor in visitors[:-1]:
        assert visitor.ask("join", {"room": room})["waiting"]
    refused(visitors[-1].ask("join", {"room": room}), "room_full")


def test_a_peer_has_16_calls(relay, come):
    callee, caller = Bare(relay, auth={"user": "sought by many"}), come()[0]
    for _ in range(16):
        assert caller.ask("call", {"to": "sought by many"})["status"] == "ringing"
    refused(caller.ask("call", {"to": "sought by many"}), "rate_limited")
    callee.leave()


def test_256_deliveries_wait_for_one_peer(come, room):
    sender, receiver = come(2)
    sender.join(room)
    receiver.join(room)
    for _ in range(256):
        sender.ask_later("signal", {"to": receiver.id, "data": 1, "timeoutMs": 30_000})
    for _ in range(256):
        receiver.expect("signal")
    refused(sender.ask("signal", {"to": receiver.id, "data": 1}), "queue_full")


@pytest.mark.timeout(120)
def test_a_room_remembers_1024_bans_and_the_oldest_goes(tmp_path, room):
    server = Server.serve(*account(tmp_path))
    try:
        admin = Admin(server)
        admin.do("create", {"room": room})
        for number in range(1_025):
            admin.do("ban", {"room": room, "user": f"u{number}"})
        users = {ban["user"] for ban in admin.do("bans", {"room": room})["bans"]}
        assert len(users) == 1_024 and "u0" not in users and {"u1", "u1024"} <= users
        admin.leave()
    finally:
        server.stop()


@pytest.mark.parametrize("request_name, payload, field", [
    ("join", {"settings": {"password": "x" * 129}}, "settings.password"),
    ("join", {"settings": {"emptyTimeoutMs": 86_400_001}}, "settings.emptyTimeoutMs"),
    ("call", {"to": "nobody", "timeoutMs": 120_001}, "timeoutMs")])
def test_what_is_longer_is_refused(come, room, request_name, payload, field):
    [peer] = come()
    answer = peer.ask(request_name, {"room": room, **payload})
    assert answer["ok"] is False and answer["error"]["code"] in ("bad_payload", "too_large"), answer
    assert answer["error"]["field"] == field


def test_wrong_tokens_from_elsewhere_are_taken_ten_times(parley, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text(SECRET)
    server = parley("--token-secret-file", secret, "--trusted-proxy", "127.0.0.1")

    def tried(address):
        with contextlib.closing(Direct(server.port, SOCKET, {"X-Forwarded-For": address})) as session:
            session.say('40{"token":"wrong"}')
            return json.loads(session.hear()[2:])["data"]["code"]

    assert [tried("192.0.2.1") for _ in range(11)] == ["auth_invalid"] * 10 + ["rate_limited"]
    assert tried("192.0.2.2") == "auth_invalid"


def test_connections_in_all_stay_below_the_descriptors(parley, tmp_path, monkeypatch):
    wrapper = tmp_path / "parley"
    wrapper.write_text(f"#!/bin/sh\nulimit -n 200\nexec {binary()} \"$@\"\n")
    wrapper.chmod(0o755)
    monkeypatch.setenv("PARLEY", str(wrapper))
    server, kept = parley("--threads", 1), []
    with pytest.raises((Refused, EOFError, ConnectionError)) as refusal:
        for _ in range(200):
            kept.append(Direct(server.port, SOCKET))
    assert len(kept) == 200 - 64
    assert not isinstance(refusal.value, Refused) or refusal.value.answer.status == 503
    for session in kept:
        session.close()


def test_a_packet_has_ten_attachments(relay):
    session = Direct(relay.port, SOCKET)
    connected(session)
    session.say("4511-" + '["x"]')
    session.ending()  # at once, and not when the attachments have not come for ten seconds


def test_forty_requests_sent_ahead_of_an_answer_end_the_connection(relay):
    session = Polling(relay.port, SOCKET)
    connected(session)
    with Http(relay.port) as http:
        waits = f"GET {session.target} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
        http.send(waits + b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n" * 40)
        while http.fill():
            pass
