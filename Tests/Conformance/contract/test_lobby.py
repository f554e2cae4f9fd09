# SPDX-License-Identifier: Apache-2.0
"""Section 3 of the contract: rooms where one knocks."""

import pytest

from peers import refused

NOBODY = "nobody"


@pytest.fixture
def owner(meet, room):
    owner = meet()
    owner.join(room, settings={"lobby": True})
    return owner


def knock(peer, room, **more):
    answer = peer.ask("join", {"room": room, **more})
    assert answer["ok"] is True and answer["waiting"] is True, answer
    return answer["position"]


def test_a_join_waits_and_moderators_hear_the_knock(owner, meet, room):
    guest = meet(auth={"user": "ada", "name": "Ada"})
    assert knock(guest, room, message="let me in") == 1
    assert owner.expect("knock:new") == {
        "room": room, "peerId": guest.id, "user": "ada", "name": "Ada", "message": "let me in"}
    owner.expect_nothing("peer:joined", within=0.05)


def test_who_waits_is_told_its_position(owner, meet, room):
    assert [knock(meet(), room) for _ in range(3)] == [1, 2, 3]


def test_who_waits_is_not_in(owner, meet, room):
    guest = meet()
    knock(guest, room)
    refused(guest.ask("offer", {"to": owner.id, "sdp": "x"}), "peer_not_found")
    refused(owner.ask("offer", {"to": guest.id, "sdp": "x"}), "peer_not_found")
    refused(guest.ask("peers", {"room": room}), "not_in_room")
    refused(guest.ask("message", {"room": room, "data": 1}), "not_in_room")
    assert owner.ask("peers", {"room": room})["peers"] == []


def test_who_is_admitted_gets_the_answer_of_the_join(owner, meet, room):
    guest = meet()
    knock(guest, room, metadata={"audio": True})
    assert owner.ask("knock:answer", {"room": room, "peerId": guest.id, "admit": True}) == {"ok": True, "admitted": [guest.id]}
    result = guest.expect("knock:result")
    joined = result["joined"]
    assert (result["room"], result["admitted"]) == (room, True)
    assert (joined["ok"], joined["room"]["id"], joined["self"]["peerId"]) == (True, room, guest.id)
    assert joined["self"]["metadata"] == {"audio": True} and [peer["peerId"] for peer in joined["peers"]] == [owner.id]
    assert owner.expect("peer:joined")["peer"]["peerId"] == guest.id
    assert owner.expect("knock:gone") == {"room": room, "peerId": guest.id}
    assert guest.ask("offer", {"to": owner.id, "sdp": "x"})["status"] == "delivered"


def test_who_is_refused_is_told_why_and_may_knock_again(owner, meet, room):
    guest = meet()
    knock(guest, room)
    answer = owner.ask("knock:answer", {"room": room, "peerId": guest.id, "admit": False, "reason": "later"})
    assert answer == {"ok": True, "admitted": []}
    assert guest.expect("knock:result") == {"room": room, "admitted": False, "reason": "later"}
    assert owner.expect("knock:gone") == {"room": room, "peerId": guest.id}
    owner.expect("knock:new")
    assert knock(guest, room) == 1
    assert owner.expect("knock:new")["peerId"] == guest.id


def test_all_are_admitted_in_the_order_they_came(owner, meet, room):
    guests = [meet() for _ in range(3)]
    for guest in guests:
        knock(guest, room)
    answer = owner.ask("knock:answer", {"room": room, "peerId": "*", "admit": True})
    assert answer["admitted"] == [guest.id for guest in guests]
    assert [owner.expect("peer:joined")["peer"]["peerId"] for _ in guests] == answer["admitted"]


def test_those_for_whom_there_is_no_seat_go_on_waiting(meet, room):
    owner, first, second = meet(), meet(), meet()
    owner.join(room, settings={"lobby": True, "capacity": 2})
    assert (knock(first, room), knock(second, room)) == (1, 2)
    assert owner.ask("knock:answer", {"room": room, "peerId": "*", "admit": True})["admitted"] == [first.id]
    second.expect_nothing("knock:result", within=0.05)
    first.ask("leave", {"room": room})
    assert owner.ask("knock:answer", {"room": room, "peerId": second.id, "admit": True})["admitted"] == [second.id]
    assert second.expect("knock:result")["admitted"] is True


@pytest.mark.parametrize("how", ["leave", "disconnect"])
def test_who_goes_is_gone_for_the_moderators(owner, meet, room, how):
    guest = meet()
    knock(guest, room)
    if how == "leave":
        assert guest.ask("leave", {"room": room})["ok"] is True
    else:
        guest.leave()
    assert owner.expect("knock:gone") == {"room": room, "peerId": guest.id}
    refused(owner.ask("knock:answer", {"room": room, "peerId": guest.id, "admit": True}), "peer_not_found")


def test_who_is_away_while_waiting_waits_on(owner, meet, room):
    guest = meet()
    knock(guest, room)
    guest.drop()
    guest.resume()
    owner.ask("knock:answer", {"room": room, "peerId": guest.id, "admit": True})
    assert guest.expect("knock:result")["joined"]["self"]["peerId"] == guest.id


def test_who_is_lost_for_good_is_gone(connect, brief, room):
    owner, guest = connect(brief), connect(brief)
    owner.join(room, settings={"lobby": True})
    knock(guest, room)
    guest.drop()
    assert owner.expect("knock:gone") == {"room": room, "peerId": guest.id}


def test_members_may_not_answer(owner, meet, room):
    member, guest = meet(), meet()
    knock(member, room)
    owner.ask("knock:answer", {"room": room, "peerId": member.id, "admit": True})
    knock(guest, room)
    refused(member.ask("knock:answer", {"room": room, "peerId": guest.id, "admit": True}), "forbidden")
    member.expect_nothing("knock:new", within=0.05)
    refused(owner.ask("knock:answer", {"room": room, "peerId": NOBODY, "admit": True}), "peer_not_found")
    refused(guest.ask("knock:answer", {"room": room, "peerId": guest.id, "admit": True}), "not_in_room")


def test_a_new_moderator_hears_of_all_who_wait(owner, meet, room):
    helper, guests = meet(), [meet(), meet()]
    knock(helper, room)
    owner.ask("knock:answer", {"room": room, "peerId": helper.id, "admit": True})
    for guest in guests:
        knock(guest, room)
    owner.ask("moderate", {"room": room, "peerId": helper.id, "action": "role", "role": "moderator"})
    assert [helper.expect("knock:new")["peerId"] for _ in guests] == [guest.id for guest in guests]
    assert helper.ask("knock:answer", {"room": room, "peerId": guests[0].id, "admit": True})["ok"] is True
    assert owner.expect("knock:gone")["peerId"] == helper.id
    assert owner.expect("knock:gone")["peerId"] == guests[0].id


def test_switching_the_lobby_off_admits_those_who_wait(owner, meet, room):
    guests = [meet(), meet()]
    for guest in guests:
        knock(guest, room)
    owner.ask("room:update", {"room": room, "settings": {"lobby": False}})
    for guest in guests:
        assert guest.expect("knock:result")["admitted"] is True
    assert len(owner.ask("peers", {"room": room})["peers"]) == 2
    assert "waiting" not in meet().join(room)


def test_when_the_last_member_leaves_those_who_wait_are_told(owner, meet, room):
    guest = meet()
    knock(guest, room)
    owner.ask("leave", {"room": room})
    assert guest.expect("knock:result") == {"room": room, "admitted": False, "reason": "room_closed"}


def test_the_password_is_asked_for_before_one_may_wait(meet, room):
    owner, guest = meet(), meet()
    owner.join(room, password="sesame", settings={"lobby": True})
    refused(guest.ask("join", {"room": room}), "room_password")
    assert knock(guest, room, password="sesame") == 1


def test_who_was_refused_is_in_no_lobby_any_more(owner, meet, room):
    guest = meet()
    knock(guest, room)
    owner.ask("knock:answer", {"room": room, "peerId": guest.id, "admit": False})
    guest.expect("knock:result")
    refused(guest.ask("leave", {"room": room}), "not_in_room")


def test_without_a_lobby_a_free_seat_goes_to_who_waited(meet, room):
    owner, first, second = meet(), meet(), meet()
    owner.join(room, settings={"lobby": True, "capacity": 2})
    assert (knock(first, room), knock(second, room)) == (1, 2)
    owner.ask("room:update", {"room": room, "settings": {"lobby": False}})
    assert first.expect("knock:result")["admitted"] is True
    second.expect_nothing("knock:result", within=0.05)
    first.ask("leave", {"room": room})
    assert second.expect("knock:result")["admitted"] is True


def test_nobody_is_sent_back_to_a_lobby_that_there_is_not(pair, room):
    first, second = pair
    refused(first.ask("moderate", {"room": room, "peerId": second.id, "action": "lobby"}), "bad_payload", "action")
