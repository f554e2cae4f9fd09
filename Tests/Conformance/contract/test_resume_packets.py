# SPDX-License-Identifier: Apache-2.0
"""Section 2 of the contract, packet by packet: what comes in what order, and how often."""

import json


def away(peer, witness):
    peer.drop()
    assert witness.expect("peer:away")["peerId"] == peer.id


def test_a_resume_keeps_sid_and_pid_and_the_welcome_comes_next(bare_pair):
    first, second = bare_pair
    sid, pid = second.id, second.pid
    away(second, first)
    first.ask("message", {"to": second.id, "data": 1, "confirm": "none"})
    second.resume()
    assert (second.id, second.pid, second.before) == (sid, pid, [])
    assert [event.name for event in second.heard] == []
    assert second.expect("message")["data"] == 1


def test_the_pid_alone_is_enough(bare):
    peer = bare()
    known = peer.id
    peer.drop()
    assert peer.resume(offset=None)["resumed"] is True and peer.id == known


def test_an_offset_comes_once_behind_a_burst_and_events_have_one_argument(bare_pair):
    first, second = bare_pair
    second.heard.clear()
    for number in range(20):
        first.say("message", {"to": second.id, "data": number})
    packets = []
    while not (packets and packets[-1][0] == "offset" and ["message", 19] in heard(packets)):
        packet = second.read()
        packets += [json.loads(packet[2:])] if packet.startswith("42[") else []
    assert all(len(packet) == 2 for packet in packets)
    assert heard(packets) == [["message", number] for number in range(20)]
    offsets = [packet[1] for packet in packets if packet[0] == "offset"]
    assert all(isinstance(offset, str) and offset for offset in offsets) and len(offsets) <= 20


def heard(packets):
    return [[name, payload["data"]] for name, payload in packets if name == "message"]


def test_an_older_offset_brings_back_what_came_after_it(bare_pair):
    first, second = bare_pair
    for number in range(3):
        first.ask("message", {"to": second.id, "data": number, "confirm": "none"})
        assert second.expect("message")["data"] == number
        second.expect("offset")
        if number == 0:
            remembered = second.offset
    away(second, first)
    second.resume(offset=remembered)
    assert [second.expect("message")["data"] for _ in range(2)] == [1, 2]
    first.ask("message", {"to": second.id, "data": 3, "confirm": "none"})
    assert second.expect("message")["data"] == 3


def test_an_event_with_an_open_ack_keeps_its_number(bare_pair):
    first, second = bare_pair
    first.ask_later("offer", {"to": second.id, "sdp": "x"})
    number = second.expect_event("offer", 5).ack
    assert number.isdigit()
    away(second, first)
    second.resume()
    assert second.expect_event("offer", 5).ack == number


def test_answers_that_were_missed_come_ahead_of_the_connect(bare_pair):
    first, second = bare_pair
    answer = first.ask_later("offer", {"to": second.id, "sdp": "x"})
    offer = second.expect_event("offer", 5)
    away(first, second)
    second.acknowledge(offer, {"ok": True})
    second.ask("peers", {"room": offer.payload["room"]})
    first.resume()
    assert len(first.before) == 1 and first.before[0].startswith("43")
    assert answer()["status"] == "delivered"


def test_a_second_connection_with_the_same_pid_replaces_the_first_silently(bare_pair):
    first, second = bare_pair
    old, known = second.session, second.id
    assert second.resume()["resumed"] is True and second.id == known
    while (packet := old.hear()) is not None:
        assert not packet.startswith("41")
    assert first.ask("message", {"to": known, "data": 1, "confirm": "none"})["status"] == "sent"
    assert second.expect("message")["data"] == 1
    first.expect_nothing("peer:away", within=0.05)
    first.expect_nothing("peer:back", within=0)


def test_acks_on_a_new_connection_count_for_what_the_old_one_asked(bare_pair):
    first, second = bare_pair
    answer = first.ask_later("offer", {"to": second.id, "sdp": "x"})
    offer = second.expect_event("offer", 5)
    second.resume()
    second.acknowledge(offer, {"ok": True})
    if (got := answer())["status"] == "queued":
        assert first.expect("receipt") == {"mid": got["mid"], "to": second.id, "status": "delivered"}
    else:
        assert got["status"] == "delivered"


def test_a_refused_resume_leaves_the_session_to_its_user(bare, room):
    first, second = bare(), bare(auth={"user": "ada"})
    first.join(room)
    second.join(room)
    known, pid, offset = second.id, second.pid, second.offset
    away(second, first)
    eve = bare(auth={"user": "eve", "pid": pid})
    assert eve.welcome["resumed"] is False and eve.id != known
    assert second.resume(pid=pid, offset=offset)["resumed"] is True and second.id == known
    assert first.expect("peer:back")["peerId"] == known


def acknowledge_all(peer):
    """Acknowledges what has come in; asking for something first makes sure that it has."""
    peer.ask("leave", {"room": "nowhere"})
    for event in [event for event in peer.heard if event.ack]:
        peer.heard.remove(event)
        peer.acknowledge(event, {"ok": True})


def test_every_request_is_answered_exactly_once_however_often_both_reconnect(bare_pair):
    first, second = bare_pair
    answers = {}
    for turn in range(16):
        asked = {}
        for number in range(4):
            mid = f"{turn}-{number}"
            asked[mid] = first.ask_later("signal", {"to": second.id, "data": turn, "mid": mid, "timeoutMs": 1000})
        first.ask("leave", {"room": "nowhere"})
        peer = (first, second)[turn // 2 % 2]
        if turn % 2:
            peer.drop()
        peer.resume()
        acknowledge_all(second)
        answers.update({mid: answer() for mid, answer in asked.items()})
    first.expect_nothing("none", within=0.3)
    receipts = [event.payload["mid"] for event in first.heard if event.name == "receipt"]
    assert len(receipts) == len(set(receipts)), "a second receipt"
    for mid, answer in answers.items():
        assert answer["ok"] is True and answer["status"] in ("delivered", "queued"), answer
        assert (mid in receipts) is (answer["status"] == "queued"), (mid, answer)
