# SPDX-License-Identifier: Apache-2.0
"""What admins are shown of those who are away, wait or were refused; and how long rooms and bans last."""

import time

import pytest
import requests
import socketio

from admins import NAME, PASSWORD, Admin, account
from peers import Bare, refused
from server import Server
from sessions import SOCKET, Direct


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    server = Server.serve("--threads", 2, "--max-auth-failures", 1_000, *account(tmp_path_factory.mktemp("admin")))
    yield server
    server.stop()


@pytest.fixture
def admin(server):
    admin = Admin(server)
    yield admin
    admin.leave()


@pytest.fixture
def come(server):
    """Makes peers, which leave when the test ends."""
    inside = []

    def come(**auth):
        inside.append(Bare(server, auth=auth))
        return inside[-1]

    yield come
    for peer in inside:
        try:
            peer.leave()
        except OSError:
            pass  # it has lost its connection


@pytest.fixture
def room(request):
    return request.node.name


def until(look):
    """What `look` finds, as soon as it finds something."""
    deadline = time.monotonic() + 10
    while not (found := look()):
        assert time.monotonic() < deadline, "it never came to this"
        time.sleep(0.05)
    return found


def test_who_is_away_is_shown_as_away(admin, come, room):
    before = admin.do("stats")["away"]
    ada, bob = come(name="Ada"), come(name="Bob")
    ada.join(room)
    bob.join(room)
    bob.drop()
    ada.expect("peer:away")
    ada.ask_later("offer", {"to": bob.id, "sdp": "v=0"})
    [listed] = admin.do("rooms", {"filter": room})["rooms"]
    assert (listed["peers"], listed["away"], listed["waiting"]) == (2, 1, 0)
    states = {member["peerId"]: member["state"] for member in admin.do("room", {"room": room})["members"]}
    assert states == {ada.id: "here", bob.id: "away"}
    shown = {peer["peerId"]: peer["state"] for peer in admin.do("peers", {"room": room})["peers"]}
    assert shown == states and admin.do("stats")["away"] == before + 1


def test_peers_are_found_by_room_and_by_what_is_known_of_them(admin, come, room):
    ada, bob, stranger = come(user=f"u-{room}", name="Ada"), come(name=f"Bob of {room}"), come()
    ada.join(room)
    bob.join(room)

    def found(**how):
        return {peer["peerId"] for peer in admin.do("peers", {"limit": 500, **how})["peers"]}

    assert found(room=room) == {ada.id, bob.id} and stranger.id in found()
    assert found(filter=f"u-{room}".upper()) == {ada.id} and found(filter=f"bob of {room}") == {bob.id}
    assert found(filter="127.0.0.1") >= {ada.id, bob.id, stranger.id} and found(filter="no such peer") == set()


def test_what_a_peer_has_not_confirmed_is_counted(admin, come, room):
    before = admin.do("stats")["unconfirmed"]
    ada, bob = come(), come()
    ada.join(room)
    bob.join(room)
    for _ in range(3):
        ada.ask_later("offer", {"to": bob.id, "sdp": "v=0", "timeoutMs": 30_000})
    for _ in range(3):
        bob.expect("offer")
    counts = {peer["peerId"]: peer["unconfirmed"] for peer in admin.do("peers", {"room": room})["peers"]}
    assert counts == {ada.id: 0, bob.id: 3} and admin.do("stats")["unconfirmed"] == before + 3


def test_a_lobby_is_listed_and_opened(admin, come, room):
    ada, bob, eve = come(), come(user="bob", name="Bob"), come(user="eve")
    ada.join(room, settings={"lobby": True})
    for visitor in bob, eve:
        assert visitor.ask("join", {"room": room})["waiting"]
    shown = admin.do("room", {"room": room})
    assert shown["waiting"] == 2 and admin.do("rooms", {"filter": room})["rooms"][0]["waiting"] == 2
    assert shown["lobby"] == [{"peerId": bob.id, "address": "127.0.0.1", "user": "bob", "name": "Bob"},
                              {"peerId": eve.id, "address": "127.0.0.1", "user": "eve"}]
    assert admin.do("ban", {"room": room, "user": "eve"})["ok"]
    assert eve.expect("knock:result") == {"room": room, "admitted": False, "reason": "banned"}
    shown = admin.do("room", {"room": room})
    assert [each["peerId"] for each in shown["lobby"]] == [bob.id] and [ban["user"] for ban in shown["bans"]] == ["eve"]
    admin.do("settings", {"room": room, "settings": {"lobby": False}})
    assert bob.expect("knock:result")["admitted"] is True
    assert [member["peerId"] for member in admin.do("room", {"room": room})["members"]] == [ada.id, bob.id]


def test_a_call_is_shown_with_its_room(admin, come):
    ada, bob = come(user="calling"), come(user="ringing")
    call = ada.ask("call", {"to": "ringing"})["callId"]
    bob.expect("call:incoming")
    room = bob.ask("call:accept", {"callId": call})["room"]
    assert admin.do("room", {"room": room})["callId"] == call
    assert [each["callId"] for each in admin.do("rooms", {"filter": room})["rooms"]] == [call]


def test_rooms_are_counted_beyond_the_page(admin, room):
    before = admin.do("rooms", {"limit": 1})["total"]
    for number in range(3):
        admin.do("create", {"room": f"{room} {number}", "settings": {"emptyTimeoutMs": 60_000}})
    admin.do("create", {"room": f"0 {room}"})
    page = admin.do("rooms", {"limit": 1, "filter": f"{room} "})
    assert [each["room"] for each in page["rooms"]] == [f"{room} 0"] and page["total"] == before + 4
    for name in f"0 {room}", *[f"{room} {number}" for number in range(3)]:
        admin.do("close", {"room": name})


def test_pairs_show_all_of_a_report(admin, come, room):
    ada, bob = come(), come()
    ada.join(room)
    bob.join(room)
    report = {"ice": "connected", "connection": "connected", "candidateType": "relay", "timeToConnectMs": 812}
    assert ada.ask("report", {"to": bob.id, **report})["ok"]
    [pair] = admin.do("pairs", {"room": room})["pairs"]
    shown = pair["reports"][pair["peers"].index(ada.id)]
    assert shown.items() >= report.items() and shown["at"] > 1e12


def test_what_was_refused_is_counted_by_its_code(server, admin, come):
    peer = come()
    stats = admin.do("stats")
    before, frames = stats["failed"], stats["refused"]["message_size"]
    refused(peer.ask("peers", {"room": "none such"}), "not_in_room")
    answer = requests.get(f"{server.url}/admin/api/stats", auth=(NAME, PASSWORD + "x"), timeout=10)
    assert answer.status_code == 401 and answer.headers["Cache-Control"] == "no-store"
    stats = admin.do("stats")
    for code in "not_in_room", "auth_invalid":
        assert stats["failed"][code] == before.get(code, 0) + 1
    session = Direct(server.port, SOCKET)
    session.say("4" * 1_000_001)
    assert session.ending() == 1009
    assert admin.do("stats")["refused"]["message_size"] == frames + 1


def test_a_made_room_has_its_metadata_and_ends_when_nobody_comes(admin, room):
    made = admin.do("create", {"room": room, "settings": {"emptyTimeoutMs": 1_500, "metadata": {"topic": "news"}}})
    shown = admin.do("room", {"room": room})
    assert shown["metadata"] == made["metadata"] == {"topic": "news"} and shown["settings"]["emptyTimeoutMs"] == 1_500
    until(lambda: not admin.ask("room", {"room": room})["ok"])


def test_bans_end_by_themselves(server, admin, come, room):
    admin.do("ban", {"user": room, "durationMs": 700})
    with pytest.raises(AssertionError, match="banned"):
        Bare(server, auth={"user": room})
    ada = come()
    ada.join(room)
    admin.do("ban", {"room": room, "user": "bob", "durationMs": 700})
    bob = come(user="bob")
    refused(bob.ask("join", {"room": room}), "banned")
    until(lambda: bob.ask("join", {"room": room})["ok"])
    until(lambda: room not in [ban.get("user") for ban in admin.do("bans")["bans"]])
    come(user=room)


def test_bans_by_address_hold_whoever_comes_from_there(tmp_path, room):
    server = Server.serve("--trusted-proxy", "127.0.0.1", *account(tmp_path))
    try:
        def peer(address):
            return Bare(server, Direct(server.port, SOCKET, {"X-Forwarded-For": address}))

        admin, near, far = Admin(server), peer("192.0.2.1"), peer("192.0.2.2")
        near.join(room)
        far.join(room)
        assert admin.do("ban", {"room": room, "address": "192.0.2.2"})["peers"] == 1
        assert far.expect("moderated")["action"] == "ban"
        refused(far.ask("join", {"room": room}), "banned")
        assert admin.do("ban", {"peerId": far.id})["peers"] == 1
        [ban] = admin.do("bans")["bans"]
        assert ban["address"] == "192.0.2.2" and "user" not in ban
        with pytest.raises(AssertionError, match="banned"):
            peer("192.0.2.2")
        peer("192.0.2.3").leave()
        near.leave()
        admin.leave()
    finally:
        server.stop()


def test_a_later_subscription_takes_the_place_of_the_first_and_an_ended_one_is_silent(admin, come, room):
    admin.do("subscribe", {"types": ["room:created"], "rooms": [room]})
    admin.do("subscribe", {"types": ["room:closed"], "rooms": [room]})
    ada = come()
    ada.join(room)
    ada.ask("leave")
    assert admin.fact("room:closed", room=room)
    admin.do("unsubscribe")
    ada.join(room)
    ada.ask("leave")
    admin.do("stats")
    time.sleep(0.5)
    assert [event for event in admin.heard if event.name == "event"] == []


def test_the_audit_is_in_the_stream_and_long_payloads_are_not(admin, room):
    admin.do("subscribe", {"types": ["admin"]})
    refused(admin.ask("close", {"room": room, "reason": "x" * 400, "more": "y" * 1_000}), "room_not_found")
    told = admin.fact("admin")["data"]
    assert (told["request"], told["ok"], told["code"], told["payload"]) == ("close", False, "room_not_found", "(long)")
    assert told["admin"] == NAME and told["address"] == "127.0.0.1" and "at" not in told
    admin.do("unsubscribe")


def test_what_the_journal_has_forgotten_is_told_as_a_gap(server, admin, come, room):
    cursor = admin.do("stats")["cursor"]
    ada = come()
    for _ in range(1_100):
        ada.ask("join", {"room": room})
        ada.ask("leave")
    admin.do("subscribe", {"since": cursor, "types": ["room:closed"]})
    assert admin.do("stats")["cursor"] >= cursor + 4_400
    gap = admin.fact("gap")
    assert gap["data"]["lost"] >= 4_400 - 4_096
    admin.do("unsubscribe")


def test_a_notice_to_all_says_how_many_it_reached_and_draining_that_it_is_over(admin, come):
    peers = [come() for _ in range(3)]
    assert admin.do("notice", {"room": "*", "text": "hello"})["peers"] >= len(peers)
    assert admin.do("drain")["draining"] is True
    assert admin.do("drain", {"on": False})["draining"] is False
    for peer in peers:
        assert peer.expect("server:draining") == {"reason": "admin"}


def test_a_wait_for_guessing_is_told_over_http_too(tmp_path):
    server = Server.serve("--max-auth-failures", 1, *account(tmp_path))
    try:
        def guess():
            return requests.get(f"{server.url}/admin/api/stats", auth=(NAME, "wrong"), timeout=10)

        assert guess().status_code == 401
        [answer] = until(lambda: [answer for answer in [guess()] if answer.status_code == 429])
        assert answer.json()["error"]["code"] == "rate_limited" and int(answer.headers["Retry-After"]) >= 1
    finally:
        server.stop()
