# SPDX-License-Identifier: Apache-2.0
"""The signaling contract as stock clients meet it, over each transport: rooms, relay, receipts."""

import time
import uuid

import pytest

from peers import STOCK_TRANSPORTS, Stock, refused

RELAYED = {
    "offer": {"sdp": "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\n"},
    "answer": {"description": {"type": "answer", "sdp": "v=0\r\n"}},
    "description": {"description": {"type": "rollback", "sdp": ""}},
    "candidate": {"candidate": {"candidate": "candidate:1 1 udp 1 127.0.0.1 9 typ host", "sdpMid": "0", "sdpMLineIndex": 0}},
    "renegotiate": {"iceRestart": True, "reason": "failed"},
    "hangup": {"reason": "bye"},
    "signal": {"data": {"anything": [1, 2, 3]}},
    "message": {"data": "hello"},
}


@pytest.fixture(params=list(STOCK_TRANSPORTS))
def meet(request, relay):
    """Connects stock clients over one of the transports; they are gone when the test is."""
    peers = []

    def connect(**how):
        peers.append(Stock(relay, request.param, **how))
        return peers[-1]

    yield connect
    for peer in peers:
        peer.leave()


@pytest.fixture
def room():
    return f"room-{uuid.uuid4()}"


@pytest.fixture
def pair(meet, room):
    """Two peers in one room; the first came first."""
    first, second = meet(), meet()
    first.join(room)
    second.join(room)
    first.expect("peer:joined")
    return first, second


# Welcome and rooms


def test_everyone_is_welcomed_with_what_a_client_needs(meet):
    peer = meet()
    assert peer.welcome["peerId"] == peer.id
    assert peer.welcome["resumed"] is False and peer.welcome["protocol"] == 1
    assert set(peer.welcome["server"]) >= {"name", "version"}
    assert isinstance(peer.welcome["limits"], dict) and isinstance(peer.welcome["features"], list)
    assert isinstance(peer.welcome["iceServers"], list)


def test_joining_tells_who_is_there_and_tells_them(meet, room):
    first = meet(auth={"name": "Ada", "metadata": {"audio": True}})
    second = meet(auth={"name": "Bob"})
    alone = first.join(room)
    assert alone["room"]["id"] == room and alone["peers"] == []
    assert (alone["self"]["peerId"], alone["self"]["role"]) == (first.id, "owner")
    assert isinstance(alone["iceServers"], list) and {"settings", "metadata", "createdAt"} <= set(alone["room"])
    joined = second.join(room, metadata={"video": False})
    told = first.expect("peer:joined")
    assert joined["self"]["role"] == "member"
    [ada], bob = joined["peers"], told["peer"]
    assert told["room"] == room
    assert (ada["peerId"], ada["name"], ada["state"], ada["metadata"]) == (first.id, "Ada", "here", {"audio": True})
    assert (bob["peerId"], bob["name"], bob["state"], bob["metadata"]["video"]) == (second.id, "Bob", "here", False)
    assert ada["role"] == "owner" and bob["role"] == "member"
    assert {type(value) for peer in (ada, bob) for value in (peer["polite"], peer["initiator"])} == {bool}
    assert ada["polite"] != bob["polite"] and ada["initiator"] != bob["initiator"]


def test_a_room_may_be_named_by_a_plain_string(meet, room):
    assert meet().ask("join", room)["room"]["id"] == room


def test_joining_twice_is_refused_and_nobody_is_told_again(pair, room):
    first, second = pair
    refused(second.ask("join", {"room": room}), "already_joined")
    first.expect_nothing("peer:joined")


def test_leaving_is_told_with_its_reason(pair, room):
    first, second = pair
    assert second.ask("leave", {"room": room})["ok"] is True
    assert first.expect("peer:left") == {"room": room, "peerId": second.id, "reason": "left"}
    refused(second.ask("leave", {"room": room}), "not_in_room")


def test_leaving_without_a_room_leaves_all(pair, meet, room):
    first, second = pair
    third = meet()
    second.join(room + "-2")
    third.join(room + "-2")
    assert second.ask("leave", {})["ok"] is True
    assert first.expect("peer:left")["room"] == room
    assert third.expect("peer:left")["room"] == room + "-2"


def test_a_clean_disconnect_releases_the_peer_at_once(pair, room):
    first, second = pair
    second.leave()
    left = first.expect("peer:left")
    assert (left["room"], left["peerId"]) == (room, second.id) and left["reason"] in ("left", "disconnected")


def test_peers_repairs_a_view(pair, room):
    first, second = pair
    answer = first.ask("peers", {"room": room})
    assert answer["ok"] is True
    assert second.id in [peer["peerId"] for peer in answer["peers"]]


# Relay


@pytest.mark.parametrize("name", RELAYED)
def test_a_signal_reaches_its_peer_with_a_stamped_sender(pair, room, name):
    first, second = pair
    answer = first.ask(name, {"to": second.id, "from": "forged", "mine": {"passes": [True, None]}, **RELAYED[name]})
    heard = second.expect(name)
    assert heard["from"] == first.id and heard["room"] == room and "to" not in heard
    assert heard["mine"] == {"passes": [True, None]}
    assert {key: heard[key] for key in RELAYED[name]} == RELAYED[name]
    assert answer["ok"] is True and answer["status"] == ("sent" if name == "candidate" else "delivered")
    first.expect_nothing(name, within=0.05)


@pytest.mark.parametrize("key", ["target", "peerId"])
def test_the_target_has_other_names(pair, key):
    first, second = pair
    assert first.ask("offer", {key: second.id, "sdp": "x"})["status"] == "delivered"
    assert second.expect("offer")["from"] == first.id


def test_several_candidates_go_in_one_message(pair):
    first, second = pair
    candidates = [{"candidate": "candidate:1", "sdpMid": "0"}, {"candidate": "", "sdpMid": "0"}, None]
    assert first.ask("candidate", {"to": second.id, "candidates": candidates})["status"] == "sent"
    assert second.expect("candidate")["candidates"] == candidates


def test_a_message_without_a_target_goes_to_the_whole_room(meet, room):
    first, second, third, outside = (meet() for _ in range(4))
    for peer in (first, second, third):
        peer.join(room)
    answer = first.ask("message", {"room": room, "data": {"text": "hi"}})
    assert answer["ok"] is True and answer["status"] == "delivered"
    assert sorted(answer["delivered"]) == sorted([second.id, third.id])
    assert answer["queued"] == [] and answer["failed"] == []
    for peer in (second, third):
        heard = peer.expect("message")
        assert (heard["from"], heard["room"], heard["data"]) == (first.id, room, {"text": "hi"})
    outside.expect_nothing("message", within=0.05)
    refused(outside.ask("message", {"room": room, "data": 1}), "not_in_room")


def test_only_peers_of_a_shared_room_are_found(pair, meet, room):
    first, second = pair
    stranger = meet()
    stranger.join(room + "-other")
    unknown = refused(stranger.ask("offer", {"to": "nobody", "sdp": "x"}), "peer_not_found")
    assert refused(stranger.ask("offer", {"to": first.id, "sdp": "x"}), "peer_not_found") == unknown
    assert second.ask("leave", {})["ok"] is True
    refused(first.ask("offer", {"to": second.id, "sdp": "x"}), "peer_not_found")
    first.expect_nothing("offer", within=0.05)


# Receipts


def test_delivered_tells_to_whom_and_how_long_it_took(pair):
    first, second = pair
    answer = first.ask("offer", {"to": second.id, "sdp": "x"})
    assert (answer["status"], answer["to"]) == ("delivered", second.id)
    assert isinstance(answer["tookMs"], (int, float)) and answer["tookMs"] >= 0


def test_applied_needs_both_sides_to_say_so(pair):
    first, second = pair
    ask = {"to": second.id, "sdp": "x", "confirm": "applied"}
    assert first.ask("offer", ask)["status"] == "delivered"
    second.acks["offer"] = lambda payload: {"ok": True, "applied": True}
    assert first.ask("offer", ask)["status"] == "applied"
    assert first.ask("offer", {**ask, "confirm": "delivered"})["status"] == "delivered"


def test_a_rejection_by_the_remote_handler_is_passed_on(pair):
    first, second = pair
    second.acks["offer"] = lambda payload: {"ok": False, "error": {"code": "busy", "message": "not now"}}
    assert "not now" in refused(first.ask("offer", {"to": second.id, "sdp": "x"}), "remote_rejected")["error"]["message"]


def test_confirm_none_does_not_wait(pair):
    first, second = pair
    second.acks["offer"] = lambda payload: time.sleep(1)
    started = time.monotonic()
    assert first.ask("offer", {"to": second.id, "sdp": "x", "confirm": "none"})["status"] == "sent"
    assert time.monotonic() - started < 0.7


def test_a_target_that_leaves_while_waited_for_is_told(pair):
    first, second = pair
    second.acks["offer"] = lambda payload: time.sleep(2)
    answer = first.ask_later("offer", {"to": second.id, "sdp": "x"})
    second.expect("offer")
    second.leave()
    refused(answer(), "peer_left")
