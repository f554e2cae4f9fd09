# SPDX-License-Identifier: Apache-2.0
"""Sections 1 and 9 of the contract: every failure is answered, with a code, a field, and whether to try again."""

import pytest

from peers import refused

LONG = "x" * 5_000
TO, ROOM = object(), object()
BAD = [
    ("join", {}, "room"), ("join", {"room": ROOM, "password": 1}, "password"), ("join", {"room": ROOM, "metadata": []}, "metadata"),
    ("join", {"room": ROOM, "create": "yes"}, "create"), ("join", {"room": ROOM, "message": 1}, "message"),
    ("join", {"room": ROOM, "settings": 1}, "settings"), ("join", {"room": ROOM, "settings": {"capacity": 0}}, "settings.capacity"),
    ("join", {"room": ROOM, "settings": {"locked": 1}}, "settings.locked"),
    ("join", {"room": ROOM, "settings": {"lobby": "x"}}, "settings.lobby"),
    ("join", {"room": ROOM, "settings": {"public": []}}, "settings.public"),
    ("join", {"room": ROOM, "settings": {"password": 1}}, "settings.password"),
    ("join", {"room": ROOM, "settings": {"emptyTimeoutMs": -1}}, "settings.emptyTimeoutMs"),
    ("join", {"room": ROOM, "settings": {"metadata": 1}}, "settings.metadata"), ("leave", {"room": 1}, "room"),
    ("peers", {}, "room"), ("peers", {"room": 1}, "room"), ("update", {"set": 1}, "set"), ("update", {"remove": "x"}, "remove"),
    ("update", {"remove": [1]}, "remove"), ("update", {"room": 1, "set": {}}, "room"), ("room:update", {"settings": {}}, "room"),
    ("room:update", {"room": ROOM, "settings": 1}, "settings"),
    ("room:update", {"room": ROOM, "settings": {"capacity": "x"}}, "settings.capacity"),
    ("room:update", {"room": ROOM, "metadata": 1}, "metadata"), ("rooms", {"limit": "x"}, "limit"),
    ("rooms", {"cursor": 1}, "cursor"), ("knock:answer", {"room": ROOM, "admit": True}, "peerId"),
    ("knock:answer", {"room": ROOM, "peerId": "*"}, "admit"), ("knock:answer", {"peerId": "*", "admit": True}, "room"),
    ("knock:answer", {"room": ROOM, "peerId": "*", "admit": True, "reason": 1}, "reason"),
    ("moderate", {"peerId": "*", "action": "kick"}, "room"), ("moderate", {"room": ROOM, "action": "kick"}, "peerId"),
    ("moderate", {"room": ROOM, "peerId": "*"}, "action"), ("moderate", {"room": ROOM, "peerId": "*", "action": "dance"}, "action"),
    ("moderate", {"room": ROOM, "peerId": TO, "action": "role"}, "role"),
    ("moderate", {"room": ROOM, "peerId": TO, "action": "role", "role": "king"}, "role"),
    ("moderate", {"room": ROOM, "peerId": TO, "action": "ban", "durationMs": "x"}, "durationMs"),
    ("moderate", {"room": ROOM, "peerId": TO, "action": "ban", "by": ["shoe size"]}, "by"),
    ("moderate", {"room": ROOM, "peerId": TO, "action": "kick", "reason": 1}, "reason"), ("offer", {"sdp": "x"}, "to"),
    ("offer", {"to": 1, "sdp": "x"}, "to"), ("offer", {"to": TO, "sdp": 1}, "sdp"),
    ("answer", {"to": TO, "description": 1}, "description"), ("description", {"to": TO, "description": "x"}, "description"),
    ("candidate", {"to": TO, "candidate": 1}, "candidate"), ("candidate", {"to": TO, "candidates": 1}, "candidates"),
    ("signal", {"to": TO}, "data"), ("message", {"to": TO}, "data"), ("message", {"data": 1}, "room"),
    ("offer", {"to": TO, "sdp": "x", "confirm": "perhaps"}, "confirm"),
    ("offer", {"to": TO, "sdp": "x", "timeoutMs": 0}, "timeoutMs"),
    ("offer", {"to": TO, "sdp": "x", "timeoutMs": "x"}, "timeoutMs"), ("offer", {"to": TO, "sdp": "x", "mid": 1}, "mid"),
    ("call", {}, "to"), ("call", {"to": 1}, "to"), ("call", {"to": "x", "timeoutMs": 999}, "timeoutMs"),
    ("call", {"to": "x", "timeoutMs": 120_001}, "timeoutMs"), ("call:accept", {}, "callId"),
    ("call:decline", {"callId": 1}, "callId"), ("call:cancel", {}, "callId"), ("call:end", {"callId": []}, "callId"),
    ("report", {"ice": "connected", "connection": "connected"}, "to"), ("report", {"to": TO, "connection": "connected"}, "ice"),
]
EVENTS = sorted({event for event, _, _ in BAD} - {"leave", "update", "rooms"})
RETRYABLE = {"rate_limited", "server_full", "draining", "room_full", "room_locked", "ack_timeout", "queue_full", "internal"}


@pytest.mark.parametrize("event", sorted({event for event, _, _ in BAD}))
def test_a_bad_payload_is_refused_under_the_name_of_its_field(bare_pair, room, event):
    first, second = bare_pair
    known = {id(TO): second.id, id(ROOM): room}
    for name, payload, field in BAD:
        if name == event:
            given = {key: known.get(id(value), value) for key, value in payload.items()}
            if name == "join" and "room" in given:
                given["room"] += "-new"
            try:
                refused(first.ask(name, given), "bad_payload", field)
            except (AssertionError, KeyError, TimeoutError) as error:
                raise AssertionError(f"{name} {given} should be refused for {field}: {error!r}") from None
    second.expect_nothing(event, within=0.02)


@pytest.mark.parametrize("event", EVENTS)
def test_an_event_without_its_payload_is_refused(meet, event):
    refused(meet().ask(event), "bad_payload")


@pytest.mark.parametrize("event", ["nothing", "welcome", "peer:joined", "call:incoming", "receipt", "offset"])
def test_an_unknown_event_is_said_to_be_unknown(meet, event):
    peer = meet()
    refused(peer.ask(event, {}), "unknown_event")
    peer.say(event, {})
    told = peer.expect("error")
    assert told["event"] == event and told["error"]["code"] == "unknown_event"


@pytest.mark.parametrize("event, payload", [
    ("join", {"room": "x", "metadata": {"x": LONG}}), ("update", {"set": {"x": LONG}}),
    ("room:update", {"room": ROOM, "metadata": {"x": LONG}})])
def test_what_is_too_large_is_refused(pair, room, event, payload):
    given = {key: room if value is ROOM else value for key, value in payload.items()}
    assert refused(pair[0].ask(event, given), "too_large")["error"]["retryable"] is False
    pair[1].expect_nothing("peer:updated", within=0.02)


def test_retryable_is_fixed_for_each_code(bare, room):
    first, second = bare(), bare()
    first.join(room, settings={"capacity": 1})
    seen = {}

    def note(answer):
        seen[answer["error"]["code"]] = answer["error"]["retryable"]

    note(second.ask("join", {"room": room}))
    first.ask("room:update", {"room": room, "settings": {"capacity": 2, "locked": True}})
    note(second.ask("join", {"room": room}))
    first.ask("room:update", {"room": room, "settings": {"locked": False, "password": "x"}})
    for number in range(6):
        note(second.ask("join", {"room": room, "password": str(number)}))
    first.ask("room:update", {"room": room, "settings": {"password": None}})
    second.join(room)
    note(second.ask("join", {"room": room}))
    note(second.ask("room:update", {"room": room, "settings": {}}))
    note(second.ask("offer", {"to": first.id, "sdp": "x", "timeoutMs": 100}))
    first.ask("moderate", {"room": room, "peerId": second.id, "action": "ban"})
    note(second.ask("join", {"room": room}))
    note(second.ask("offer", {"to": first.id, "sdp": "x"}))
    note(second.ask("peers", {"room": room}))
    note(second.ask("join", {"room": room + "-2", "create": False}))
    note(second.ask("call:end", {"callId": "x"}))
    note(second.ask("nothing", {}))
    assert set(seen) == {
        "room_full", "room_locked", "room_password", "rate_limited", "already_joined", "forbidden", "ack_timeout", "banned",
        "peer_not_found", "not_in_room", "room_not_found", "call_state", "unknown_event"}
    assert {code for code, is_retryable in seen.items() if is_retryable} == RETRYABLE & set(seen)


def test_an_event_may_come_without_any_payload_where_none_is_needed(meet):
    peer = meet()
    for event in ("leave", "rooms", "ice"):
        assert peer.ask(event)["ok"] is True
