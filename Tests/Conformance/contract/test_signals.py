# SPDX-License-Identifier: Apache-2.0
"""Section 4 of the contract: order, what replaces what, and what comes through unchanged, also to a peer that is away."""

import pytest

from peers import refused

SIGNALS = {
    "offer": {"sdp": "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\n"},
    "answer": {"description": {"type": "answer", "sdp": "v=0\r\n"}},
    "description": {"description": {"type": "rollback", "sdp": ""}},
    "candidate": {"candidate": {"candidate": "candidate:1 1 udp 1 127.0.0.1 9 typ host", "sdpMid": "0", "sdpMLineIndex": 0}},
    "renegotiate": {"iceRestart": True, "reason": "failed"},
    "hangup": {"reason": "bye"},
    "signal": {"data": {"anything": [1, 2, 3]}},
    "message": {"data": "hello"},
}


def away(peer, witness):
    peer.drop()
    assert witness.expect("peer:away")["peerId"] == peer.id


@pytest.mark.parametrize("name", SIGNALS)
def test_a_signal_comes_with_its_sender_and_its_room(pair, room, name):
    first, second = pair
    assert first.ask(name, {"to": second.id, "from": "forged", "mid": "m-1", "mine": {"passes": None}, **SIGNALS[name]})["ok"] is True
    heard = second.expect(name)
    assert (heard["from"], heard["room"], heard["mid"]) == (first.id, room, "m-1") and "to" not in heard
    assert heard["mine"] == {"passes": None} and {key: heard[key] for key in SIGNALS[name]} == SIGNALS[name]


@pytest.mark.parametrize("name", SIGNALS)
def test_a_signal_to_a_peer_that_is_away_comes_the_same(pair, room, name):
    first, second = pair
    away(second, first)
    assert first.ask(name, {"to": second.id, "from": "forged", "mine": 1, **SIGNALS[name]})["status"] == "queued"
    second.resume()
    heard = second.expect(name)
    assert (heard["from"], heard["room"], heard["mine"]) == (first.id, room, 1) and "to" not in heard
    assert {key: heard[key] for key in SIGNALS[name]} == SIGNALS[name]


def test_the_bytes_pass_through_the_queue_unchanged(bare_pair):
    first, second = bare_pair
    away(second, first)
    fields = '"data":[1 ,2.50,-0.0,1e3 ],"text":"\\u00e9\\/","big":123456789012345678901234567890'
    first.ask_text(f'["signal",{{"to":"{second.id}",{fields}}}]')()
    second.resume()
    while '["signal"' not in (packet := second.read()):
        pass
    assert fields in packet


@pytest.mark.parametrize("key", ["target", "peerId"])
def test_the_target_has_other_names(pair, key):
    first, second = pair
    assert first.ask("offer", {key: second.id, "sdp": "x"})["status"] == "delivered"
    heard = second.expect("offer")
    assert heard["from"] == first.id and key not in heard


# Order


@pytest.mark.parametrize("other", [False, True])
def test_order_is_kept_through_a_resume_also_over_the_other_transport(pair, other):
    first, second = pair
    names = ["message", "signal"]

    def say(numbers):
        for number in numbers:
            first.say(names[number % 2], {"to": second.id, "data": number})

    say(range(50))
    second.drop()
    say(range(50, 100))
    first.expect("peer:away")
    say(range(100, 150))
    second.resume({"polling": "websocket", "websocket": "polling"}[second.transport] if other else None)
    say(range(150, 200))
    second.expect_until(lambda event: event.name in names and event.payload["data"] == 199)
    heard = [event.payload["data"] for event in second.heard if event.name in names]
    assert heard == list(range(199))


def test_order_is_kept_where_some_wait_for_acks_and_some_do_not(pair):
    first, second = pair
    away(second, first)
    second_id = {"to": second.id}
    first.ask("offer", {**second_id, "sdp": "x"})
    for number in range(3):
        first.ask("candidate", {**second_id, "candidate": {"candidate": f"candidate:{number}"}})
    first.ask("message", {**second_id, "data": 1})
    first.ask("candidate", {**second_id, "candidate": None})
    mark = len(second.log)
    second.resume()
    second.expect_until(lambda event: event.name == "candidate" and event.payload["candidate"] is None)
    names = [name for name in second.log[mark:] if name in ("offer", "candidate", "message")]
    assert names == ["offer", "candidate", "candidate", "candidate", "message", "candidate"]


def test_candidates_do_not_overtake_an_offer_that_is_not_acked_yet(pair):
    first, second = pair
    second.hold("offer")
    answer = first.ask_later("offer", {"to": second.id, "sdp": "x"})
    for number in range(3):
        first.say("candidate", {"to": second.id, "candidate": {"candidate": f"candidate:{number}"}})
    second.expect_event("offer").ack({"ok": True})
    assert answer()["status"] == "delivered"
    assert [second.expect("candidate")["candidate"]["candidate"] for _ in range(3)] == [f"candidate:{n}" for n in range(3)]
    assert second.log.index("offer") < second.log.index("candidate")


# Superseded


@pytest.mark.parametrize("name, description", [
    ("offer", lambda sdp: {"sdp": sdp}), ("offer", lambda sdp: {"description": {"type": "offer", "sdp": sdp}}),
    ("description", lambda sdp: {"description": {"type": "offer", "sdp": sdp}})], ids=["sdp", "offer", "description"])
def test_a_newer_offer_replaces_one_that_was_not_delivered(pair, name, description):
    first, second = pair
    away(second, first)
    for mid in ("old", "new"):
        assert first.ask(name, {"to": second.id, "mid": mid, **description(mid)})["status"] == "queued"
    assert first.expect("receipt") == {"mid": "old", "to": second.id, "status": "superseded"}
    second.resume()
    heard = second.expect(name)
    assert heard["mid"] == "new"
    assert first.expect("receipt") == {"mid": "new", "to": second.id, "status": "delivered"}
    assert second.log.count(name) == 1


def test_nothing_but_offers_of_the_same_sender_is_replaced(meet, room):
    first, second, third = meet(), meet(), meet()
    for peer in (first, second, third):
        peer.join(room)
    away(third, first)
    first.ask("answer", {"to": third.id, "sdp": "1"})
    first.ask("answer", {"to": third.id, "sdp": "2"})
    first.ask("offer", {"to": third.id, "sdp": "3"})
    second.ask("offer", {"to": third.id, "sdp": "4"})
    third.resume()
    assert [third.expect("answer")["sdp"] for _ in range(2)] == ["1", "2"]
    assert [third.expect("offer")["sdp"] for _ in range(2)] == ["3", "4"]


# Who may speak to whom


def test_only_peers_of_a_shared_room_are_found(pair, meet, room):
    first, second = pair
    stranger = meet()
    stranger.join(room + "-other")
    unknown = refused(stranger.ask("offer", {"to": "nobody", "sdp": "x"}), "peer_not_found")
    assert refused(stranger.ask("offer", {"to": first.id, "sdp": "x"}), "peer_not_found") == unknown
    away(second, first)
    assert refused(stranger.ask("offer", {"to": second.id, "sdp": "x"}), "peer_not_found") == unknown
    first.expect_nothing("offer", within=0.05)


def test_fire_and_forget_that_fails_is_told_as_an_error_event(pair):
    first, _ = pair
    first.say("offer", {"to": "nobody", "sdp": "x"})
    told = first.expect("error")
    assert told["event"] == "offer" and told["error"]["code"] == "peer_not_found"
