# SPDX-License-Identifier: Apache-2.0
"""The signaling contract packet by packet: what no stock client would send, and what none would notice."""

import json
import threading
import time
import uuid

import pytest

from peers import Bare, refused
from sessions import SOCKET, Polling


@pytest.fixture
def meet(relay):
    peers = []

    def connect(**how):
        peers.append(Bare(relay, **how))
        return peers[-1]

    yield connect
    for peer in peers:
        peer.drop()


@pytest.fixture
def pair(meet):
    room = f"room-{uuid.uuid4()}"
    first, second = meet(), meet()
    first.join(room)
    second.join(room)
    first.expect("peer:joined")
    return first, second


def keys(packet):
    """All keys of the payload of an event, repeated ones too, and the payload."""
    found = []
    payload = json.loads(packet[packet.index("["):], object_pairs_hook=lambda pairs: found.append(pairs) or dict(pairs))[1]
    return [key for key, _ in found[-1]], payload


def next_packet(peer, name):
    while f'["{name}"' not in (packet := peer.read()):
        pass
    return packet


# Bytes


SPLICED = ['"n":1.50e+2,"big":123456789012345678901234567890,"z":-0.0,"a":0.10,"tiny":1E-7',
           '"text":"\\u00e9\\/\\ud83d\\ude00\\u2028","Z":1,"A":2', '"b":[1 ,2,\t3 ],"o": { "x" :null }', '"":"","__proto__":{"x":[]}']


@pytest.mark.parametrize("name", ["offer", "description", "candidate", "signal", "message"])
@pytest.mark.parametrize("fields", SPLICED)
def test_the_bytes_of_a_payload_are_passed_on_unchanged(pair, name, fields):
    first, second = pair
    extra = {"offer": '"sdp":"v=0\\r\\n"', "description": '"description":{"type" : "offer","sdp":"x"}',
             "candidate": '"candidate":{"candidate":"a"}'}.get(name, '"data":[ 1.0 ]')
    first.ask_text(f'["{name}",{{"to":"{second.id}",{extra},{fields}}}]')
    assert f"{extra},{fields}" in next_packet(second, name)


@pytest.mark.parametrize("forged", ['"from"', '"fr\\u006fm"', '"\\u0066\\u0072\\u006F\\u006D"'])
@pytest.mark.parametrize("place", ["first", "last"])
def test_a_sender_cannot_forge_the_sender(pair, forged, place):
    first, second = pair
    forged += ':"forged"'
    fields = [forged, '"data":1'] if place == "first" else ['"data":1', forged]
    first.ask_text(f'["message",{{{fields[0]},"to":"{second.id}",{fields[1]}}}]')
    names, payload = keys(next_packet(second, "message"))
    assert payload["from"] == first.id and payload["data"] == 1
    assert names.count("from") == 1 and "to" not in names


def test_a_target_may_be_spelled_with_escapes(pair):
    first, second = pair
    spelled = "".join(f"\\u{ord(letter):04x}" for letter in second.id)
    answer = first.ask_text(f'["message",{{"\\u0074o":"{spelled}","data":1,"confirm":"none"}}]')()
    assert answer["status"] == "sent"
    assert second.expect("message")["from"] == first.id


def test_two_targets_in_one_message_are_refused(pair):
    first, second = pair
    refused(first.ask_text(f'["message",{{"to":"nobody","\\u0074o":"{second.id}","data":1}}]')(), "bad_payload")
    second.expect_nothing("message", within=0.1)


def test_candidates_are_passed_on_without_asking_for_an_ack_and_the_others_with(pair):
    first, second = pair
    first.say("candidate", {"to": second.id, "candidate": None})
    assert second.expect_event("candidate", 3).ack == ""
    first.ask_later("offer", {"to": second.id, "sdp": "x"})
    assert second.expect_event("offer", 3).ack.isdigit()


def test_messages_to_one_peer_stay_in_order(pair):
    first, second = pair
    for number in range(300):
        first.say("message", {"to": second.id, "data": number})
    assert [second.expect("message")["data"] for _ in range(300)] == list(range(300))


# Acknowledgements


def test_an_unanswered_signal_times_out_when_asked(pair):
    first, second = pair
    started = time.monotonic()
    answer = first.ask("offer", {"to": second.id, "sdp": "x", "timeoutMs": 300})
    assert 0.25 < time.monotonic() - started < 1.5
    assert refused(answer, "ack_timeout")["error"]["retryable"] is True and answer["status"] == "sent"
    second.expect("offer")


def test_a_signal_is_answered_once_however_often_the_target_acks(pair):
    first, second = pair
    answer = first.ask_later("offer", {"to": second.id, "sdp": "x"})
    event = second.expect_event("offer", 3)
    for _ in range(3):
        second.acknowledge(event, {"ok": True})
    assert answer()["status"] == "delivered"
    first.expect_nothing("offer", within=0.2)


@pytest.mark.parametrize("odd", ["[]", "[null]", "[1,2]", '["x"]', "[[]]", '[{"ok":"yes"}]', "[true]"])
def test_any_ack_of_the_target_counts_as_delivered(pair, odd):
    first, second = pair
    answer = first.ask_later("offer", {"to": second.id, "sdp": "x"})
    event = second.expect_event("offer", 3)
    second.session.say(f"43{event.ack}{odd}")
    assert answer()["status"] == "delivered"


def test_another_peer_cannot_ack_in_the_targets_place(pair, meet):
    first, second = pair
    third = meet()
    answer = first.ask_later("offer", {"to": second.id, "sdp": "x", "timeoutMs": 400})
    event = second.expect_event("offer", 3)
    third.acknowledge(event, {"ok": True})
    refused(answer(), "ack_timeout")


def test_a_late_ack_is_harmless(pair):
    first, second = pair
    refused(first.ask("offer", {"to": second.id, "sdp": "x", "timeoutMs": 100}), "ack_timeout")
    second.acknowledge(second.expect_event("offer", 3), {"ok": True})
    assert first.ask("message", {"to": second.id, "data": 1, "confirm": "none"})["status"] == "sent"


# Errors


@pytest.mark.parametrize("name, payload, field", [
    ("join", {}, "room"), ("join", {"room": 5}, "room"), ("join", {"room": ""}, "room"), ("join", {"room": "x" * 129}, "room"),
    ("join", {"room": "r", "metadata": []}, "metadata"), ("offer", {"sdp": "x"}, "to"), ("offer", {"to": 7, "sdp": "x"}, "to"),
    ("candidate", {"candidate": "x"}, "to"), ("leave", {"room": 5}, "room"), ("peers", {}, "room")])
def test_a_bad_payload_is_refused_with_the_field(meet, name, payload, field):
    refused(meet().ask(name, payload), "bad_payload", field)


@pytest.mark.parametrize("arguments", ['["join"]', '["join",null]', '["join",[]]', '["offer"]', '["offer",1]', '["offer","x"]', '["peers",[]]'])
def test_a_payload_that_is_no_object_is_refused(meet, arguments):
    refused(meet().ask_text(arguments)(), "bad_payload")


@pytest.mark.parametrize("name", ["nothing", "toString", "welcome", "peer:joined", "étrange", "a\\u0000b"])
def test_an_unknown_event_is_said_to_be_unknown(meet, name):
    refused(meet().ask_text(f'["{name}",{{}}]')(), "unknown_event")


@pytest.mark.parametrize("name, payload, code", [
    ("join", {}, "bad_payload"), ("nothing", {}, "unknown_event"), ("offer", {"to": "nobody", "sdp": "x"}, "peer_not_found"),
    ("leave", {"room": "elsewhere"}, "not_in_room")])
def test_a_failure_nobody_asked_to_hear_becomes_an_error_event(meet, name, payload, code):
    peer = meet()
    peer.say(name, payload)
    told = peer.expect("error")
    assert (told["event"], told["error"]["code"]) == (name, code)


@pytest.mark.parametrize("name, payload", [
    ("offer", {"sdp": "x" * 66_000}), ("candidate", {"candidate": {"candidate": "x" * 2_500}})])
def test_what_is_too_large_is_refused_and_the_connection_stays(pair, name, payload):
    first, second = pair
    refused(first.ask(name, {"to": second.id, **payload}), "too_large")
    assert first.ask("message", {"to": second.id, "data": 1, "confirm": "none"})["ok"] is True
    second.expect_nothing(name, within=0.1)


def test_metadata_that_is_too_large_is_refused(meet):
    refused(meet().ask("join", {"room": "large", "metadata": {"x": "y" * 5_000}}), "too_large")


# Transports and threads


def told_of_the_loss(peer, within):
    """Without a resume window the peer has left; with one it is away."""
    deadline = time.monotonic() + within
    while not (lost := [event for event in peer.heard if event.name in ("peer:left", "peer:away")]):
        peer.read(deadline - time.monotonic())
    return lost[0].payload


def test_a_broken_connection_is_told(pair):
    first, second = pair
    second.drop()
    told = told_of_the_loss(first, 3)
    assert told["peerId"] == second.id and told.get("reason", "disconnected") == "disconnected"


def test_a_peer_that_falls_silent_is_told(parley):
    server = parley("--ping-interval", 300, "--ping-timeout", 200)
    first = Bare(server)
    first.join("silence")
    session = Polling(server.port, SOCKET)
    second = connect_polling(session)
    session.say('42["join",{"room":"silence"}]')
    assert told_of_the_loss(first, 3)["peerId"] == second


def test_order_is_kept_while_the_receiver_upgrades(relay, meet):
    sender, session = meet(), Polling(relay.port, SOCKET)
    receiver = connect_polling(session)
    sender.join("upgrading-" + sender.id)
    receiver_ask(session, f'["join",{{"room":"upgrading-{sender.id}"}}]')
    for number in range(50):
        sender.say("message", {"to": receiver, "data": number})
    upgraded = session.upgrade()
    for number in range(50, 100):
        sender.say("message", {"to": receiver, "data": number})
    heard = [packet for packet in session.inbox if packet.startswith('42["message"')]
    while len(heard) < 100:
        heard += [packet for packet in [upgraded.hear()] if packet.startswith('42["message"')]
    assert [json.loads(packet[packet.index("["):])[1]["data"] for packet in heard] == list(range(100))


def connect_polling(session):
    session.say("40")
    sid = json.loads(session.hear()[2:])["sid"]
    assert session.hear().startswith('42["welcome"')
    return sid


def receiver_ask(session, arguments):
    session.say(f"421{arguments}")
    while not session.hear().startswith("431["):
        pass


@pytest.mark.timeout(90)
def test_forty_peers_on_two_threads_reach_each_other_in_order(parley):
    server = parley("--threads", 2)
    peers = [Bare(server) for _ in range(40)]
    rooms = [peers[index::10] for index in range(10)]
    for index, members in enumerate(rooms):
        for peer in members:
            peer.join(f"threads-{index}")
    failures = []

    def talk(peer, others):
        try:
            for number in range(20):
                for other in others:
                    peer.say("message", {"to": other.id, "data": number})
            heard = {other.id: [] for other in others}
            for _ in range(20 * len(others)):
                message = peer.expect("message", 10)
                heard[message["from"]].append(message["data"])
            assert all(numbers == list(range(20)) for numbers in heard.values()), heard
        except Exception as problem:  # pylint: disable=broad-except
            failures.append(problem)

    threads = [threading.Thread(target=talk, args=(peer, [other for other in members if other is not peer]))
               for members in rooms for peer in members]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not failures and not any(thread.is_alive() for thread in threads)
    for peer in peers:
        peer.drop()


@pytest.mark.parametrize("start", ["A", "Q", "_", "7z", "-9"])
def test_an_invented_id_is_answered_whatever_loop_it_names(pair, start):
    first, _ = pair
    refused(first.ask("offer", {"to": start.ljust(20, "x"), "sdp": "x"}), "peer_not_found")


# What is sound JSON and yet cannot be taken


@pytest.mark.parametrize("arguments", [
    '["message",{"to":"x","data":1,' + ",".join(f'"k{number}":1' for number in range(300)) + "}]",
    '["join",{"room":"\\ud83d"}]', '["join",{"room":"r","metadata":{"a":"\\udc00"}}]'])
def test_what_cannot_be_taken_is_refused_and_the_connection_lives(pair, arguments):
    first, _ = pair
    refused(first.ask_text(arguments)(), "bad_payload")
    assert first.ask("leave")["ok"] is True


def test_a_placeholder_without_its_attachment_reaches_nobody(pair):
    first, second = pair
    payload = json.dumps({"to": second.id, "data": {"_placeholder": True, "num": 7}})
    first.session.say(f'451-["message",{payload}]')
    first.session.say(b"x")
    assert first.expect("error")["error"]["code"] == "bad_payload"
    second.expect_nothing("message", within=0.1)
    assert second.ask("leave")["ok"] is True


def test_arguments_behind_the_payload_stay_here(pair):
    first, second = pair
    first.ask_text(f'["message",{{"to":"{second.id}","data":1}},5,"x"]')
    assert next_packet(second, "message").endswith('"data":1}]')


def test_a_peer_that_leaves_the_room_settles_what_waits_for_it(pair):
    first, second = pair
    answer = first.ask_later("offer", {"to": second.id, "sdp": "x"})
    event = second.expect_event("offer", 3)
    assert second.ask("leave")["ok"] is True
    refused(answer(), "peer_left")
    second.acknowledge(event, {"ok": True})
    assert first.ask("peers", {"room": event.payload["room"]})["peers"] == []


def test_two_spellings_of_a_name_are_two_rooms(meet):
    first, second = meet(), meet()
    for peer, room in ((first, "ma\u00f1ana"), (second, "man\u0303ana")):
        answer = peer.ask("join", {"room": room, "settings": {"capacity": 1}})
        assert answer["ok"] is True and answer["self"]["role"] == "owner" and answer["peers"] == []
    refused(first.ask("offer", {"to": second.id, "sdp": "x"}), "peer_not_found")
