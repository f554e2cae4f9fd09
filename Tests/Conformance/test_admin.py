# SPDX-License-Identifier: Apache-2.0
"""The namespace /admin against live rooms, asked by the stock Python client (CONTRACT section 8)."""

import json
import time

import pytest
import socketio

from admins import NAME, PASSWORD, Admin, account
from peers import STOCK_TRANSPORTS, Bare, Stock, refused
from server import Server
from sessions import SOCKET, Direct

OFFER = {"sdp": "v=0"}


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    # These tests guess more often than the server would let them.
    server = Server.serve("--threads", 2, "--max-auth-failures", 1_000, *account(tmp_path_factory.mktemp("admin")))
    yield server
    server.stop()


@pytest.fixture(params=STOCK_TRANSPORTS)
def admin(server, request):
    admin = Admin(server, request.param)
    yield admin
    admin.leave()


@pytest.fixture
def room(request):
    return request.node.name


@pytest.fixture
def pair(server, room):
    ada, bob = Stock(server, auth={"user": f"ada of {room}"}), Stock(server)
    ada.join(room, metadata={"colour": "red"})
    bob.join(room)
    yield ada, bob
    for peer in ada, bob:
        peer.leave()


def rejects(server, auth):
    with pytest.raises(socketio.exceptions.ConnectionError) as failure:
        Admin(server, auth=auth)
    return failure.value


# Who is let in

@pytest.mark.parametrize("auth", [
    {}, {"username": NAME}, {"username": NAME, "password": ""}, {"username": NAME, "password": PASSWORD + " "},
    {"username": "", "password": PASSWORD}, {"username": "someone", "password": PASSWORD}, {"sessionId": ""},
    {"sessionId": "0123456789abcdef"}, {"username": [NAME], "password": {"$ne": 1}}, {"token": "x"},
])
def test_nobody_else_is_let_in(server, auth):
    session = Direct(server.port, SOCKET)
    session.say("40/admin," + json.dumps(auth))
    answer = session.hear()
    assert answer.startswith("44/admin,"), answer
    error = json.loads(answer[len("44/admin,"):])
    assert error["message"] == "invalid credentials" and error["data"]["code"] == "auth_invalid"
    session.close()


def test_there_is_no_admin_namespace_unless_it_is_asked_for():
    server = Server.serve()
    try:
        rejects(server, {"username": NAME, "password": PASSWORD})
    finally:
        server.stop()


def test_guessing_gets_slower(tmp_path):
    server = Server.serve(*account(tmp_path), "--max-auth-failures", 2)
    try:
        session, codes = Direct(server.port, SOCKET), []
        for _ in range(4):
            session.say("40/admin," + json.dumps({"username": NAME, "password": "wrong"}))
            codes.append(json.loads(session.hear()[len("44/admin,"):])["data"]["code"])
        assert codes == ["auth_invalid", "auth_invalid", "rate_limited", "rate_limited"]
        session.close()
    finally:
        server.stop()


def test_a_login_can_be_taken_up_again_by_its_id(server, admin):
    again = Admin(server, auth={"sessionId": admin.expect("session")})
    assert again.do("stats")["server"]["name"] == "parley"
    again.leave()


def test_who_may_only_look_changes_nothing(tmp_path, room):
    server = Server.serve(*account(tmp_path, "--admin-read-only"))
    try:
        admin, ada = Admin(server), Stock(server)
        ada.join(room)
        assert admin.do("rooms")["rooms"][0]["room"] == room
        changes = ["create", "settings", "close", "kick", "ban", "unban", "notice", "peer:disconnect", "drain"]
        for request in changes:
            refused(admin.ask(request, {"room": room, "peerId": ada.id, "text": "x", "settings": {}}), "forbidden")
        assert admin.do("room", {"room": room})["members"][0]["peerId"] == ada.id
        lines = audit(server, len(changes))
        assert [(line["request"], line["ok"]) for line in lines] == [(change, False) for change in changes]
        admin.leave()
        ada.leave()
    finally:
        server.stop()


# Looking

def test_rooms_and_their_members(admin, pair, room):
    ada, bob = pair
    listed = admin.do("rooms", {"filter": room.upper()})["rooms"]
    assert [(each["room"], each["peers"], each["away"]) for each in listed] == [(room, 2, 0)]
    shown = admin.do("room", {"room": room})
    members = shown["members"]
    assert [member["peerId"] for member in members] == [ada.id, bob.id]
    assert members[0]["role"] == "owner" and members[0]["metadata"] == {"colour": "red"}
    assert members[0]["user"] == f"ada of {room}" and members[0]["address"] == "127.0.0.1"
    assert shown["settings"]["capacity"] == 256 and shown["bans"] == [] and shown["lobby"] == []
    refused(admin.ask("room", {"room": "none such"}), "room_not_found", "room")
    refused(admin.ask("room", {}), "bad_payload", "room")
    refused(admin.ask("rooms", {"limit": 0}), "bad_payload", "limit")
    refused(admin.ask("nonsense", {}), "unknown_event")


def test_rooms_and_peers_come_in_pages(server, admin, room):
    peers = [Stock(server) for _ in range(7)]
    for number, peer in enumerate(peers):
        peer.join(f"{room} {number}")
    cursor, names = None, []
    while True:
        page = admin.do("rooms", {"filter": room + " ", "limit": 3, **({"cursor": cursor} if cursor else {})})
        names += [each["room"] for each in page["rooms"]]
        cursor = page.get("cursor")
        if cursor is None:
            break
    assert names == [f"{room} {number}" for number in range(7)]
    cursor, ids = None, []
    while True:
        page = admin.do("peers", {"limit": 3, **({"cursor": cursor} if cursor else {})})
        ids += [each["peerId"] for each in page["peers"]]
        cursor = page.get("cursor")
        if cursor is None:
            break
    assert ids == sorted(ids) and set(ids) >= {peer.id for peer in peers}
    one = admin.do("peers", {"filter": peers[0].id.lower()})["peers"]
    assert [(each["peerId"], each["rooms"], each["state"]) for each in one] == [(peers[0].id, [f"{room} 0"], "here")]
    for peer in peers:
        peer.leave()


def test_pairs_show_what_both_sides_say_and_what_is_under_way(server, admin, room):
    ada, bob = Bare(server), Bare(server)
    ada.join(room)
    bob.join(room)
    ada.ask("report", {"to": bob.id, "ice": "failed", "connection": "failed", "error": "no candidates"})
    ada.ask_later("offer", {"to": bob.id, **OFFER})
    bob.expect("offer")
    [pair] = admin.do("pairs", {"room": room})["pairs"]
    order = [pair["peers"].index(peer.id) for peer in (ada, bob)]
    assert pair["reports"][order[0]]["ice"] == "failed" and pair["reports"][order[0]]["error"] == "no candidates"
    assert pair["reports"][order[1]] is None
    assert pair["unconfirmed"][order[0]] == ["offer"] and pair["unconfirmed"][order[1]] == []
    refused(admin.ask("pairs", {"room": "none such"}), "room_not_found")
    ada.leave()
    bob.leave()


def test_stats_count_what_there_is(server, admin, pair):
    stats = admin.do("stats")
    assert stats["peers"] >= 2 and stats["rooms"] >= 1 and stats["connections"] >= 3
    assert stats["server"]["draining"] is False
    assert stats["admin"] == {"name": NAME, "isReadOnly": False} and stats["residentBytes"] > 1_000_000
    ada, bob = pair
    assert ada.ask("offer", {"to": bob.id, **OFFER})["status"] == "delivered"
    after = admin.do("stats")
    assert after["relays"]["offer"] == stats["relays"]["offer"] + 1
    assert after["receipts"]["delivered"] == stats["receipts"]["delivered"] + 1
    assert after["latency"]["count"] == stats["latency"]["count"] + 1
    assert after["latency"]["seconds"] > stats["latency"]["seconds"]


# Acting

def test_a_room_is_made_ruled_and_closed(server, admin, room):
    settings = {"capacity": 2, "password": "opensesame", "public": True}
    made = admin.do("create", {"room": room, "settings": settings})
    assert made["settings"]["password"] is True and made["settings"]["capacity"] == 2
    refused(admin.ask("create", {"room": room}), "already_joined")
    ada = Stock(server)
    refused(ada.ask("join", {"room": room, "password": "wrong"}), "room_password")
    assert ada.join(room, password="opensesame")["self"]["role"] == "owner"
    admin.do("settings", {"room": room, "settings": {"password": None, "locked": True}})
    updated = ada.expect("room:updated")
    assert updated["by"] == "admin" and updated["settings"]["locked"] and not updated["settings"]["password"]
    bob = Stock(server)
    refused(bob.ask("join", {"room": room}), "room_locked")
    refused(admin.ask("settings", {"room": room, "settings": {"nonsense": 1}}), "bad_payload", "settings.nonsense")
    admin.do("close", {"room": room, "reason": "maintenance"})
    assert ada.expect("room:closed") == {"room": room, "reason": "maintenance"}
    refused(admin.ask("room", {"room": room}), "room_not_found")
    assert "opensesame" not in server.output()
    ada.leave()
    bob.leave()


def test_a_made_room_waits_for_its_first_member(server, admin, room):
    admin.do("create", {"room": room})
    assert admin.do("room", {"room": room})["members"] == []
    admin.do("close", {"room": room})
    refused(admin.ask("close", {"room": room}), "room_not_found")


def test_a_peer_is_kicked(admin, pair, room):
    ada, bob = pair
    admin.do("kick", {"room": room, "peerId": bob.id, "reason": "noise"})
    assert bob.expect("moderated") == {"action": "kick", "reason": "noise", "room": room, "by": "admin"}
    assert ada.expect("peer:left") == {"room": room, "peerId": bob.id, "reason": "kicked"}
    refused(admin.ask("kick", {"room": room, "peerId": bob.id}), "peer_not_found", "peerId")
    bob.join(room)
    assert admin.do("kick", {"room": room, "peerId": "*"})["peers"] == 2


def test_a_ban_from_a_room(server, admin, pair, room):
    ada, bob = pair
    admin.do("ban", {"room": room, "user": f"ada of {room}", "durationMs": 60_000, "reason": "noise"})
    assert ada.expect("moderated")["action"] == "ban"
    assert bob.expect("peer:left")["reason"] == "banned"
    refused(ada.ask("join", {"room": room}), "banned")
    again = Stock(server, auth={"user": f"ada of {room}"})
    refused(again.ask("join", {"room": room}), "banned")
    [ban] = admin.do("bans", {"room": room})["bans"]
    assert ban["user"] == f"ada of {room}" and ban["reason"] == "noise" and 0 < ban["remainingMs"] <= 60_000
    admin.do("unban", {"room": room, "user": f"ada of {room}"})
    again.join(room)
    refused(admin.ask("unban", {"room": room, "user": "nobody"}), "peer_not_found")
    refused(admin.ask("ban", {"room": room}), "bad_payload")
    again.leave()


def test_a_ban_from_the_server(server, admin, pair, room):
    ada, bob = pair
    user = f"ada of {room}"
    assert admin.do("ban", {"peerId": ada.id, "reason": "spam"})["peers"] == 1
    assert ada.expect("moderated") == {"action": "ban", "reason": "spam", "by": "admin"}
    assert bob.expect("peer:left") == {"room": room, "peerId": ada.id, "reason": "banned"}
    with pytest.raises(socketio.exceptions.ConnectionError):
        Stock(server, auth={"user": user})
    assert user in [ban.get("user") for ban in admin.do("bans")["bans"]]
    admin.do("unban", {"user": user})
    Stock(server, auth={"user": user}).leave()


def test_a_notice_reaches_a_room_or_all(server, admin, pair, room):
    ada, bob = pair
    stranger = Stock(server)
    assert admin.do("notice", {"room": room, "text": "five minutes"})["peers"] == 2
    for peer in pair:
        notice = peer.expect("notice")
        assert (notice["text"], notice["room"]) == ("five minutes", room) and notice["at"] > 1e12
    stranger.expect_nothing("notice")
    admin.do("notice", {"room": "*", "text": "to all"})
    for peer in [ada, bob, stranger]:
        assert peer.expect("notice")["text"] == "to all"
    stranger.leave()


def test_a_peer_is_disconnected(admin, pair, room):
    ada, bob = pair
    admin.do("peer:disconnect", {"peerId": bob.id, "reason": "idle"})
    assert bob.expect("moderated") == {"action": "disconnect", "reason": "idle", "by": "admin"}
    assert ada.expect("peer:left")["reason"] == "kicked"
    refused(admin.ask("peer:disconnect", {"peerId": bob.id}), "peer_not_found")
    bob.io.wait()
    assert not bob.io.connected


def test_draining_sends_new_clients_elsewhere_and_can_be_undone(server, admin, pair):
    import requests
    admin.do("drain")
    try:
        assert pair[0].expect("server:draining") == {"reason": "admin"}
        assert requests.get(server.url + "/readyz", timeout=5).status_code == 503
        with pytest.raises(socketio.exceptions.ConnectionError):
            Stock(server)
        again = Admin(server)
        assert again.do("stats")["server"]["draining"] is True
        again.leave()
    finally:
        admin.do("drain", {"on": False})
    Stock(server).leave()


# The audit

def audit(server, count=0):
    """The lines of the audit, once there are so many: they are written behind the answers."""
    mark, deadline = "parley: audit ", time.monotonic() + 10
    while len(lines := [json.loads(line[len(mark):]) for line in server.lines()[:-1] if line.startswith(mark)]) < count:
        assert time.monotonic() < deadline, lines
        time.sleep(0.02)
    return lines


def test_every_change_is_written_down_and_nothing_else(server, admin, room):
    before = len(audit(server))
    admin.do("stats")
    admin.do("create", {"room": room, "settings": {"password": "opensesame"}})
    refused(admin.ask("kick", {"room": room, "peerId": "none such"}), "peer_not_found")
    admin.do("close", {"room": room})
    lines = audit(server, before + 3)[before:]
    assert [(line["request"], line["ok"]) for line in lines] == [("create", True), ("kick", False), ("close", True)]
    assert lines[0]["payload"] == {"room": room, "settings": {"password": "(hidden)"}}
    assert lines[1]["code"] == "peer_not_found" and lines[0]["admin"] == NAME and lines[0]["address"] == "127.0.0.1"


# The stream

def test_a_subscriber_sees_a_room_live_and_die(server, admin, room):
    admin.do("subscribe", {"rooms": [room]})
    ada, bob = Stock(server, auth={"user": "u", "name": "Ada"}), Stock(server)
    ada.join(room)
    bob.join(room)
    bob.ask("leave", {"room": room})
    ada.leave()
    bob.leave()
    kinds = ["room:created", "peer:joined", "peer:joined", "peer:left", "peer:left", "room:closed"]
    events = [admin.seen(lambda event: True) for _ in kinds]
    assert [event["type"] for event in events] == kinds
    assert [event["cursor"] for event in events] == sorted(event["cursor"] for event in events)
    assert events[1]["peerId"] == ada.id and events[1]["data"]["name"] == "Ada"
    assert events[3]["data"]["reason"] == "left" and events[5]["data"]["joins"] == 2
    admin.do("unsubscribe")


def test_what_was_missed_is_replayed(server, admin, room):
    cursor = admin.do("stats")["cursor"]
    ada = Stock(server)
    ada.join(room)
    ada.leave()
    admin.do("subscribe", {"since": cursor, "types": ["peer:joined"]})
    assert admin.fact("peer:joined", room=room)["peerId"] == ada.id
    refused(admin.ask("subscribe", {"types": ["nonsense"]}), "bad_payload", "types")
    refused(admin.ask("subscribe", {"rooms": "r"}), "bad_payload", "rooms")
    admin.do("unsubscribe")


def test_calls_are_told(server, admin):
    admin.do("subscribe", {"types": ["call:started", "call:missed", "call:ended"]})
    ada, bob = Stock(server, auth={"user": "caller"}), Stock(server, auth={"user": "called"})
    ada.ask("call", {"to": "nobody here"})
    missed = admin.fact("call:missed")
    assert missed["data"]["reason"] == "unreachable" and missed["data"]["to"] == "nobody here"
    call = ada.ask("call", {"to": "called"})["callId"]
    bob.expect("call:incoming")
    bob.ask("call:accept", {"callId": call})
    started = admin.fact("call:started")
    assert started["data"]["user"] == "caller" and started["data"]["calleeUser"] == "called"
    ada.ask("call:end", {"callId": call})
    ended = admin.fact("call:ended")
    assert ended["data"]["callId"] == call and ended["data"]["durationMs"] >= 0 and ended["room"] == started["room"]
    ada.leave()
    bob.leave()
    admin.do("unsubscribe")


def test_a_call_whose_room_is_closed_is_over(server, admin):
    ada, bob = Stock(server, auth={"user": "closing"}), Stock(server, auth={"user": "closed"})
    for _ in range(2):
        answer = ada.ask("call", {"to": "closed"})
        assert answer["status"] == "ringing", "the call before is not over"
        bob.expect("call:incoming")
        room = bob.ask("call:accept", {"callId": answer["callId"]})["room"]
        ada.expect("call:accepted")
        admin.do("close", {"room": room})
        for party in ada, bob:
            assert party.expect("room:closed")["room"] == room
            assert party.expect("call:ended") == {"callId": answer["callId"], "reason": "room_closed"}
    ada.leave()
    bob.leave()
