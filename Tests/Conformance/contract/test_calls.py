# SPDX-License-Identifier: Apache-2.0
"""Section 6 of the contract: ringing, taking a call, and all the ways for it to end."""

import uuid

import pytest

from peers import refused


@pytest.fixture
def bob():
    """The name of a user that no other test calls."""
    return f"bob-{uuid.uuid4()}"


@pytest.fixture
def line(meet, bob):
    """A caller, and two devices of the user it calls."""
    caller = meet(auth={"user": f"ada-{bob}", "name": "Ada"})
    return caller, meet(auth={"user": bob}), meet(auth={"user": bob})


def ring(caller, to, *devices, **more):
    answer = caller.ask("call", {"to": to, **more})
    assert (answer["ok"], answer["status"], answer["ringing"]) == (True, "ringing", len(devices)), answer
    for device in devices:
        incoming = device.expect("call:incoming")
        assert (incoming["callId"], incoming["from"]) == (answer["callId"], caller.id)
    return {"callId": answer["callId"]}


def take(caller, device, call):
    answer = device.ask("call:accept", call)
    assert answer["ok"] is True, answer
    caller.expect("call:accepted")
    return answer["room"]


# Ringing


def test_all_devices_of_a_user_ring_and_know_who_calls(line, bob):
    caller, *devices = line
    answer = caller.ask("call", {"to": bob, "media": {"video": True}, "metadata": {"topic": "x"}})
    assert (answer["ok"], answer["status"], answer["ringing"]) == (True, "ringing", 2)
    for device in devices:
        incoming = device.expect("call:incoming")
        assert (incoming["callId"], incoming["from"]) == (answer["callId"], caller.id)
        assert (incoming["user"], incoming["name"]) == (caller.welcome["user"], "Ada")
        assert (incoming["media"], incoming["metadata"]) == ({"video": True}, {"topic": "x"})
        assert incoming["expiresAt"] == answer["expiresAt"]


def test_a_peer_id_rings_that_peer_alone(line):
    caller, device, other = line
    ring(caller, device.id, device)
    other.expect_nothing("call:incoming", within=0.05)


def test_nobody_there_is_unreachable(line):
    caller, device, _ = line
    answer = caller.ask("call", {"to": f"nobody-{uuid.uuid4()}"})
    assert (answer["ok"], answer["status"], answer["ringing"]) == (True, "unreachable", 0)
    refused(caller.ask("call:cancel", {"callId": answer["callId"]}), "call_state")


def test_who_is_in_a_call_is_busy(line, meet, bob):
    caller, device, other = line
    take(caller, device, ring(caller, bob, device, other))
    other.expect("call:elsewhere")
    second = meet()
    answer = second.ask("call", {"to": bob})
    assert (answer["ok"], answer["status"], answer["ringing"]) == (True, "busy", 0)
    other.expect_nothing("call:incoming", within=0.05)
    refused(second.ask("call:cancel", {"callId": answer["callId"]}), "call_state")


# Taking


def test_an_accepted_call_is_a_private_room_of_two(line, meet, bob):
    caller, device, other = line
    call = ring(caller, bob, device, other)
    answer = device.ask("call:accept", call)
    accepted = caller.expect("call:accepted")
    assert (answer["ok"], answer["callId"], answer["peer"]["peerId"]) == (True, call["callId"], caller.id)
    assert (accepted["callId"], accepted["room"], accepted["peer"]["peerId"]) == (call["callId"], answer["room"], device.id)
    assert isinstance(answer["iceServers"], list) and isinstance(accepted["iceServers"], list)
    assert accepted["peer"]["polite"] is not answer["peer"]["polite"]
    assert caller.ask("offer", {"to": device.id, "sdp": "x"})["status"] == "delivered"
    heard = device.expect("offer")
    assert (heard["from"], heard["room"]) == (caller.id, answer["room"])
    assert meet().ask("join", {"room": answer["room"]})["error"]["code"] in ("room_locked", "room_full")
    assert other.expect("call:elsewhere") == {"callId": call["callId"], "action": "accepted"}


def test_the_first_to_accept_wins(line, bob):
    caller, device, other = line
    call = ring(caller, bob, device, other)
    answers = [one.ask_later("call:accept", call) for one in (device, other)]
    answers = [answer() for answer in answers]
    assert sorted(answer["ok"] for answer in answers) == [False, True]
    refused(next(answer for answer in answers if not answer["ok"]), "call_state")
    caller.expect("call:accepted")
    caller.expect_nothing("call:accepted", within=0.05)


# Not taking


def test_one_device_declines_for_all(line, bob):
    caller, device, other = line
    call = ring(caller, bob, device, other)
    assert device.ask("call:decline", {**call, "reason": "busy"})["ok"] is True
    told = caller.expect("call:declined")
    assert (told["callId"], told["reason"]) == (call["callId"], "busy") and told["by"] in (device.id, bob)
    assert other.expect("call:elsewhere") == {**call, "action": "declined"}
    refused(other.ask("call:accept", call), "call_state")


def test_the_caller_cancels(line, bob):
    caller, *devices = line
    call = ring(caller, bob, *devices)
    assert caller.ask("call:cancel", {**call, "reason": "wrong number"})["ok"] is True
    for device in devices:
        assert device.expect("call:cancelled") == {**call, "reason": "wrong number"}
        refused(device.ask("call:accept", call), "call_state")


def test_ringing_ends_when_its_time_is_over(line, bob):
    caller, *devices = line
    call = ring(caller, bob, *devices, timeoutMs=1000)
    for peer in line:
        assert peer.expect("call:timeout") == call
    refused(devices[0].ask("call:accept", call), "call_state")
    refused(caller.ask("call:cancel", call), "call_state")


def test_a_caller_that_goes_away_for_good_cancels(line, bob):
    caller, *devices = line
    call = ring(caller, bob, *devices)
    caller.leave()
    for device in devices:
        assert device.expect("call:cancelled")["callId"] == call["callId"]


# Ending


@pytest.mark.parametrize("who", [0, 1])
def test_either_party_ends_the_call(line, bob, who):
    caller, device, other = line
    call = ring(caller, bob, device, other)
    room = take(caller, device, call)
    ender = line[who]
    assert ender.ask("call:end", {**call, "reason": "done"})["ok"] is True
    for party in (caller, device):
        assert party.expect("call:ended") == {**call, "by": ender.id, "reason": "done"}
        assert party.expect("room:closed") == {"room": room, "reason": "call_ended"}
        refused(party.ask("peers", {"room": room}), "not_in_room")
    refused(ender.ask("call:end", call), "call_state")
    ring(caller, bob, device, other)


@pytest.mark.parametrize("how", ["leave", "disconnect"])
def test_a_party_that_leaves_ends_the_call(line, bob, how):
    caller, device, other = line
    call = ring(caller, bob, device, other)
    room = take(caller, device, call)
    if how == "leave":
        device.ask("leave", {"room": room})
    else:
        device.leave()
    ended = caller.expect("call:ended")
    assert (ended["callId"], ended["by"]) == (call["callId"], device.id) and isinstance(ended["reason"], str)
    assert caller.expect("room:closed") == {"room": room, "reason": "call_ended"}


def test_a_call_goes_on_through_a_resume(line, bob):
    caller, device, other = line
    call = ring(caller, bob, device, other)
    room = take(caller, device, call)
    device.drop()
    assert caller.expect("peer:away") == {"room": room, "peerId": device.id}
    assert caller.ask("offer", {"to": device.id, "sdp": "x"})["status"] == "queued"
    assert device.resume()["rooms"] == [room]
    assert caller.expect("peer:back") == {"room": room, "peerId": device.id}
    device.expect("offer")
    caller.expect("receipt")
    assert device.ask("call:end", call)["ok"] is True
    caller.expect("call:ended")


def test_a_device_that_comes_back_while_it_rings_may_still_accept(line):
    caller, device, _ = line
    call = ring(caller, device.id, device)
    device.drop()
    device.resume()
    assert device.ask("call:accept", call)["ok"] is True
    caller.expect("call:accepted")


# Out of turn


@pytest.mark.parametrize("event", ["call:accept", "call:decline", "call:cancel", "call:end"])
def test_an_unknown_call_is_out_of_turn(meet, event):
    refused(meet().ask(event, {"callId": "nothing"}), "call_state")


def test_what_is_not_ones_to_do_is_out_of_turn(line, meet, bob):
    caller, device, other = line
    call = ring(caller, bob, device, other)
    stranger = meet()
    for peer, event in [(stranger, "call:accept"), (stranger, "call:decline"), (caller, "call:accept"), (device, "call:cancel"),
                        (stranger, "call:cancel"), (stranger, "call:end"), (caller, "call:end")]:
        refused(peer.ask(event, call), "call_state")
    take(caller, device, call)
    refused(caller.ask("call:cancel", call), "call_state")
    refused(stranger.ask("call:end", call), "call_state")
