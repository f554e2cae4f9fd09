# SPDX-License-Identifier: Apache-2.0
"""Section 4 of the contract: the same message id again is not sent again."""

import pytest

from peers import refused


def message(peer, **more):
    return {"to": peer.id, "data": 1, "mid": "m", **more}


def away(peer, witness):
    peer.drop()
    assert witness.expect("peer:away")["peerId"] == peer.id


def test_the_same_id_again_gets_the_first_outcome(pair):
    first, second = pair
    answer = first.ask("message", message(second))
    assert answer["status"] == "delivered" and "duplicate" not in answer
    again = first.ask("message", message(second, data=2))
    assert again["duplicate"] is True and again["status"] == "delivered" and again["to"] == second.id
    assert second.expect("message")["data"] == 1
    second.expect_nothing("message", within=0.05)


def test_the_same_id_waits_while_the_first_outcome_is_open(pair):
    first, second = pair
    second.hold("message")
    one = first.ask_later("message", message(second))
    event = second.expect_event("message")
    two = first.ask_later("message", message(second))
    second.expect_nothing("message", within=0.05)
    event.ack({"ok": True})
    again = two()
    assert one()["status"] == again["status"] == "delivered" and again["duplicate"] is True
    assert second.log.count("message") == 1


def test_a_refusal_is_an_outcome_too(pair):
    first, second = pair
    second.answer("message", {"ok": False, "error": {"code": "busy", "message": "no"}})
    refused(first.ask("message", message(second)), "remote_rejected")
    again = refused(first.ask("message", message(second)), "remote_rejected")
    assert again["duplicate"] is True and second.log.count("message") == 1


def test_the_same_id_for_what_is_queued_is_queued_once(pair):
    first, second = pair
    away(second, first)
    assert first.ask("message", message(second))["status"] == "queued"
    again = first.ask("message", message(second))
    assert (again["status"], again["duplicate"]) == ("queued", True)
    second.resume()
    second.expect("message")
    assert first.expect("receipt") == {"mid": "m", "to": second.id, "status": "delivered"}
    second.expect_nothing("message", within=0.05)
    first.expect_nothing("receipt", within=0)


def test_a_sender_that_resumes_may_repeat_what_it_does_not_know_the_answer_to(pair):
    first, second = pair
    second.hold("message")
    first.ask_later("message", message(second))
    event = second.expect_event("message")
    away(first, second)
    event.ack({"ok": True})
    first.resume()
    again = first.ask("message", message(second))
    assert (again["status"], again["duplicate"]) == ("delivered", True)
    assert second.log.count("message") == 1


def test_ids_of_different_senders_have_nothing_to_do_with_each_other(pair):
    first, second = pair
    assert first.ask("message", message(second))["status"] == "delivered"
    assert "duplicate" not in second.ask("message", message(first))
    assert first.expect("message")["mid"] == second.expect("message")["mid"] == "m"


def test_an_id_counts_for_a_message_to_a_room_as_well(pair, room):
    first, second = pair
    say = {"room": room, "data": 1, "mid": "m"}
    assert first.ask("message", say)["delivered"] == [second.id]
    again = first.ask("message", say)
    assert again["duplicate"] is True and again["delivered"] == [second.id]
    assert second.log.count("message") == 1


@pytest.mark.parametrize("mid", ["", "x" * 65, 1, [], {}])
def test_an_id_is_a_string_of_1_to_64_characters(pair, mid):
    first, second = pair
    refused(first.ask("message", message(second, mid=mid)), "bad_payload", "mid")
    assert first.ask("message", message(second, mid="x" * 64))["ok"] is True
    second.expect("message")


def test_the_same_id_again_is_answered_by_what_has_become_of_it(pair):
    first, second = pair
    away(second, first)
    first.ask("message", message(second))
    second.resume()
    second.leave()
    first.expect("receipt")
    first.expect("peer:left")
    status = first.ask("message", message(second))
    assert status["duplicate"] is True and status["status"] in ("delivered", "left")


def test_what_was_refused_without_an_ack_may_be_sent_again(meet, room):
    first, second = meet(), meet()
    first.say("message", message(second))
    assert first.expect("error")["error"]["code"] == "peer_not_found"
    first.join(room)
    second.join(room)
    first.expect("peer:joined")
    answer = first.ask("message", message(second))
    assert answer["status"] == "delivered" and "duplicate" not in answer


def test_a_message_to_a_room_is_answered_again_as_a_whole(pair, room):
    first, second = pair
    away(second, first)
    whole = first.ask("message", {"room": room, "data": 1, "mid": "m"})
    second.resume()
    first.expect("receipt")
    assert first.ask("message", {"room": room, "data": 1, "mid": "m"}) == {**whole, "duplicate": True}
