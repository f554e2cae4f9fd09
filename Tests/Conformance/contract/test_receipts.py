# SPDX-License-Identifier: Apache-2.0
"""Section 5 of the contract: the sender is told what is true. The first ten tests are the rows of its table."""

import pytest

from peers import refused

PACKETS, OCTETS = 448, 896 * 1024


def away(peer, witness):
    peer.drop()
    assert witness.expect("peer:away")["peerId"] == peer.id


def offer(peer, **more):
    return {"to": peer.id, "sdp": "x", **more}


# The table


def test_delivered_when_the_remote_client_acked_in_time(pair):
    first, second = pair
    answer = first.ask("offer", offer(second))
    assert (answer["ok"], answer["status"], answer["to"]) == (True, "delivered", second.id)
    assert isinstance(answer["tookMs"], (int, float)) and answer["tookMs"] >= 0


def test_applied_when_the_remote_handler_said_so_and_the_sender_asked(pair):
    first, second = pair
    assert first.ask("offer", offer(second, confirm="applied"))["status"] == "delivered"
    second.answer("offer", {"ok": True, "applied": True})
    assert first.ask("offer", offer(second, confirm="applied"))["status"] == "applied"
    assert first.ask("offer", offer(second))["status"] == "delivered"


def test_remote_rejected_when_the_remote_handler_refused(pair):
    first, second = pair
    second.answer("offer", {"ok": False, "error": {"code": "busy", "message": "not now"}})
    assert "not now" in refused(first.ask("offer", offer(second)), "remote_rejected")["error"]["message"]


def test_queued_when_the_target_is_away_and_later_a_receipt(pair):
    first, second = pair
    away(second, first)
    answer = first.ask("offer", offer(second, mid="m"))
    assert (answer["ok"], answer["status"], answer["to"], answer["mid"]) == (True, "queued", second.id, "m")
    assert 0 < answer["expiresInMs"] <= 60_000
    second.resume()
    assert first.expect("receipt") == {"mid": "m", "to": second.id, "status": "delivered"}


def test_ack_timeout_when_written_but_not_acked_and_a_receipt_when_it_is_late(pair):
    first, second = pair
    second.hold("offer")
    answer = first.ask("offer", offer(second, mid="m", timeoutMs=200))
    assert refused(answer, "ack_timeout")["error"]["retryable"] is True
    assert (answer["status"], answer["to"], answer["mid"]) == ("sent", second.id, "m")
    second.expect_event("offer").ack({"ok": True})
    assert first.expect("receipt") == {"mid": "m", "to": second.id, "status": "delivered"}


def test_peer_not_found_at_once_without_a_shared_room(meet, room):
    first, second = meet(), meet()
    first.join(room)
    assert refused(first.ask("offer", offer(second)), "peer_not_found")["error"]["retryable"] is False


def test_peer_left_when_the_target_left_while_waiting(pair):
    first, second = pair
    second.hold("offer")
    answer = first.ask_later("offer", offer(second))
    second.expect("offer")
    second.leave()
    refused(answer(), "peer_left")


def test_queue_full_when_the_target_has_too_much_waiting(pair):
    first, second = pair
    away(second, first)
    for number in range(PACKETS):
        first.say("message", {"to": second.id, "data": number})
    assert refused(first.ask("offer", offer(second)), "queue_full")["error"]["retryable"] is True
    second.resume()
    second.expect_until(lambda event: event.name == "message" and event.payload["data"] > PACKETS - 20)
    heard = [event.payload["data"] for event in second.heard if event.name == "message"]
    assert heard[:PACKETS - 30] == list(range(PACKETS - 30))


def test_sent_when_nothing_is_to_be_confirmed(pair):
    first, second = pair
    second.hold("offer")
    assert first.ask("offer", offer(second, confirm="none"))["status"] == "sent"
    assert first.ask("candidate", {"to": second.id, "candidate": None})["status"] == "sent"
    second.expect("offer")


def test_a_room_is_answered_with_who_got_it_who_will_and_who_did_not(meet, room):
    first, here, gone, deaf = (meet() for _ in range(4))
    for peer in (first, here, gone, deaf):
        peer.join(room)
    assert first.ask("message", {"room": room, "data": 0}).keys() >= {"ok", "status", "delivered", "queued", "failed"}
    away(gone, first)
    deaf.hold("message")
    answer = first.ask("message", {"room": room, "data": 1, "mid": "m", "timeoutMs": 300})
    assert (answer["ok"], answer["status"], answer["mid"]) == (True, "partial", "m")
    assert (answer["delivered"], answer["queued"]) == ([here.id], [gone.id])
    assert answer["failed"] == [{"peerId": deaf.id, "code": "ack_timeout"}]
    gone.resume()
    assert first.expect("receipt") == {"mid": "m", "to": gone.id, "status": "delivered"}


# What becomes of what was queued


def queued(first, second, **more):
    away(second, first)
    answer = first.ask("offer", offer(second, mid="m", **more))
    assert answer["status"] == "queued"


@pytest.mark.parametrize("policy, confirm, status", [
    ({"ok": True}, "delivered", "delivered"), ({"ok": True, "applied": True}, "applied", "applied"),
    ({"ok": True, "applied": True}, "delivered", "delivered"), ({"ok": True}, "applied", "delivered"),
    ({"ok": False, "error": {"code": "busy", "message": "no"}}, "applied", "rejected")])
def test_it_is_delivered_applied_or_rejected_after_the_resume(pair, policy, confirm, status):
    first, second = pair
    second.answer("offer", policy)
    queued(first, second, confirm=confirm)
    second.resume()
    assert first.expect("receipt") == {"mid": "m", "to": second.id, "status": status}


def test_it_expires_with_the_window(brief_pair):
    first, second = brief_pair
    queued(first, second)
    assert first.expect("receipt") == {"mid": "m", "to": second.id, "status": "expired"}
    first.expect("peer:left")


def test_it_expires_when_it_is_not_acked_after_the_resume(pair):
    first, second = pair
    second.hold("offer")
    queued(first, second, timeoutMs=200)
    second.resume()
    second.expect("offer")
    assert first.expect("receipt") == {"mid": "m", "to": second.id, "status": "expired"}


@pytest.mark.parametrize("how", ["leave", "disconnect", "kick"])
def test_it_is_left_when_the_target_goes_for_good(pair, room, how):
    first, second = pair
    second.hold("offer")
    queued(first, second)
    second.resume()
    second.expect("offer")
    if how == "leave":
        second.ask("leave", {"room": room})
    elif how == "disconnect":
        second.leave()
    else:
        first.ask("moderate", {"room": room, "peerId": second.id, "action": "kick"})
    assert first.expect("receipt") == {"mid": "m", "to": second.id, "status": "left"}


def test_it_is_left_when_an_away_target_is_removed(pair, room):
    first, second = pair
    queued(first, second)
    first.ask("moderate", {"room": room, "peerId": second.id, "action": "kick"})
    assert first.expect("receipt") == {"mid": "m", "to": second.id, "status": "left"}
    second.resume()
    assert second.welcome["rooms"] == []
    second.expect_nothing("offer", within=0.05)


def test_the_server_names_what_the_sender_did_not(pair):
    first, second = pair
    away(second, first)
    one, two = first.ask("offer", offer(second)), first.ask("answer", offer(second))
    assert isinstance(one["mid"], str) and one["mid"] != two["mid"]
    second.resume()
    assert [first.expect("receipt")["mid"] for _ in range(2)] == [one["mid"], two["mid"]]


def test_receipts_come_also_to_a_sender_that_was_away_itself(pair):
    first, second = pair
    queued(first, second)
    first.drop()
    second.resume()
    second.expect("offer")
    first.resume()
    assert first.expect("receipt") == {"mid": "m", "to": second.id, "status": "delivered"}


def test_what_was_queued_arrives_however_large_it_is(pair):
    first, second = pair
    away(second, first)
    answers = [first.ask("message", {"to": second.id, "data": f"{number} " + "x" * 60_000}) for number in range(OCTETS // 60_000 + 5)]
    taken = [answer["ok"] for answer in answers]
    assert abs(taken.index(False) - OCTETS // 60_000) < 3 and refused(answers[-1], "queue_full")
    second.resume()
    heard = [second.expect("message")["data"].split()[0] for _ in range(taken.count(True))]
    assert heard == [str(number) for number, is_taken in enumerate(taken) if is_taken]


# Without a receipt


def test_confirm_none_to_a_peer_that_is_away_is_queued_without_a_receipt(pair):
    first, second = pair
    away(second, first)
    answer = first.ask("offer", offer(second, confirm="none"))
    assert (answer["status"], answer["to"]) == ("queued", second.id) and answer["expiresInMs"] > 0
    second.resume()
    second.expect("offer")
    first.expect_nothing("receipt", within=0.05)


def test_fire_and_forget_to_a_peer_that_is_away_is_queued_without_a_receipt(pair):
    first, second = pair
    away(second, first)
    first.say("offer", offer(second, mid="m"))
    assert first.ask("candidate", {"to": second.id, "candidate": None})["status"] == "queued"
    second.resume()
    assert second.expect("offer")["mid"] == "m"
    second.expect("candidate")
    first.expect_nothing("receipt", within=0.05)


def test_a_target_that_is_lost_while_waited_for_gives_queued_at_that_moment(pair):
    first, second = pair
    second.hold("offer")
    answer = first.ask_later("offer", offer(second, mid="m"))
    second.expect("offer")
    away(second, first)
    got = answer()
    assert (got["status"], got["mid"], got["to"]) == ("queued", "m", second.id) and got["expiresInMs"] > 0
