# SPDX-License-Identifier: Apache-2.0
"""Section 2 of the contract: a peer that loses its connection comes back as if it had not."""

import pytest

KEPT = 448
OTHER = {"polling": "websocket", "websocket": "polling"}


def here(peer, room):
    return {one["peerId"]: one for one in peer.ask("peers", {"room": room})["peers"]}


def away(peer, witness):
    peer.drop()
    assert witness.expect("peer:away")["peerId"] == peer.id


def tell(sender, peer, *numbers):
    for number in numbers:
        sender.say("message", {"to": peer.id, "data": number, "confirm": "none"})


def heard(peer, count):
    return [peer.expect("message")["data"] for _ in range(count)]


@pytest.fixture
def user_pair(meet, room):
    """Two peers of whom the second is the user `ada`."""
    first, second = meet(), meet(auth={"user": "ada", "name": "Ada", "metadata": {"audio": True}})
    first.join(room)
    second.join(room)
    first.expect("peer:joined")
    return first, second


# What is kept


@pytest.mark.parametrize("how", ["drop", "silence"])
def test_a_resumed_peer_keeps_id_rooms_role_and_metadata(user_pair, room, how):
    first, second = user_pair
    second.ask("update", {"set": {"screen": True}})
    second.ask("join", {"room": room + "-own"})
    before, known, pid = here(first, room)[second.id], second.id, second.pid
    getattr(second, how)()
    welcome = second.resume()
    assert welcome["resumed"] is True and sorted(welcome["rooms"]) == [room, room + "-own"]
    assert (second.id, second.pid, welcome["user"]) == (known, pid, "ada")
    after = here(first, room)[known]
    assert after == before and after["state"] == "here"
    assert after["metadata"] == {"audio": True, "screen": True}
    assert second.ask("room:update", {"room": room + "-own", "settings": {"locked": True}})["ok"] is True


def test_polite_and_initiator_stay_what_they_were(pair, room):
    first, second = pair
    before = here(first, room)[second.id], here(second, room)[first.id]
    away(second, first)
    second.resume()
    away(first, second)
    first.resume()
    assert (here(first, room)[second.id], here(second, room)[first.id]) == before


# What others see


def test_others_see_away_and_back_and_never_left(pair, room):
    first, second = pair
    second.drop()
    assert first.expect("peer:away") == {"room": room, "peerId": second.id}
    assert here(first, room)[second.id]["state"] == "away"
    second.resume()
    assert first.expect("peer:back") == {"room": room, "peerId": second.id}
    assert here(first, room)[second.id]["state"] == "here"
    first.expect_nothing("peer:left", within=0.05)
    first.expect_nothing("peer:joined", within=0)


def test_when_the_window_is_over_they_see_timeout(brief_pair, room):
    first, second = brief_pair
    second.drop()
    first.expect("peer:away")
    assert first.expect("peer:left") == {"room": room, "peerId": second.id, "reason": "timeout"}
    known = second.id
    welcome = second.resume()
    assert welcome["resumed"] is False and second.id != known and "rooms" not in welcome


def test_an_old_connection_that_is_still_alive_is_replaced_and_nobody_notices(pair):
    first, second = pair
    second.silence()
    assert second.resume()["resumed"] is True
    assert first.ask("message", {"to": second.id, "data": "hello"})["status"] == "delivered"
    assert second.expect("message")["data"] == "hello"
    first.expect_nothing("peer:away", within=0.05)
    first.expect_nothing("peer:back", within=0)


# What was missed


def test_missed_events_arrive_in_order_and_once(pair):
    first, second = pair
    tell(first, second, *range(10))
    assert heard(second, 10) == list(range(10))
    away(second, first)
    tell(first, second, *range(10, 20))
    first.ask("message", {"to": second.id, "data": 20, "confirm": "none"})
    second.resume()
    tell(first, second, 21)
    assert heard(second, 12) == list(range(10, 22))
    second.expect_nothing("message", within=0.05)


def test_what_was_on_its_way_when_the_line_went_silent_arrives_once(pair):
    first, second = pair
    tell(first, second, *range(5))
    assert heard(second, 5) == list(range(5))
    second.silence()
    tell(first, second, *range(5, 15))
    first.ask("message", {"to": second.id, "data": 15, "confirm": "none"})
    second.resume()
    tell(first, second, 16)
    assert heard(second, 12) == list(range(5, 17))
    second.expect_nothing("message", within=0.05)


def test_news_of_the_room_are_not_missed(pair, meet, room):
    first, second = pair
    away(second, first)
    third = meet()
    third.join(room)
    first.ask("update", {"room": room, "set": {"video": False}})
    first.expect("peer:joined")
    third.ask("leave", {"room": room})
    first.expect("peer:left")
    second.resume()
    assert second.expect("peer:joined")["peer"]["peerId"] == third.id
    assert second.expect("peer:updated")["metadata"] == {"video": False}
    assert second.expect("peer:left") == {"room": room, "peerId": third.id, "reason": "left"}
    names = [name for name in second.log if name.startswith("peer:")]
    assert names == ["peer:joined", "peer:updated", "peer:left"]


def test_an_event_whose_ack_is_open_is_sent_again(pair):
    first, second = pair
    second.hold("offer")
    answer = first.ask_later("offer", {"to": second.id, "sdp": "x", "mid": "again"})
    second.expect("offer")
    away(second, first)
    assert answer()["status"] == "queued"
    second.resume()
    offer = second.expect_event("offer")
    assert (offer.payload["from"], offer.payload["sdp"]) == (first.id, "x")
    offer.ack({"ok": True, "applied": True})
    assert first.expect("receipt") == {"mid": "again", "to": second.id, "status": "delivered"}


def test_an_event_that_was_acked_is_not_sent_again(pair):
    first, second = pair
    assert first.ask("offer", {"to": second.id, "sdp": "x"})["status"] == "delivered"
    second.expect("offer")
    away(second, first)
    second.resume()
    assert first.ask("message", {"to": second.id, "data": 1})["status"] == "delivered"
    second.expect_nothing("offer", within=0.05)


# How often, and over what


def test_a_peer_resumes_that_was_never_sent_anything(meet, room):
    peer = meet()
    known = peer.id
    peer.drop()
    assert peer.resume()["resumed"] is True and peer.id == known and peer.welcome["rooms"] == []
    assert peer.join(room)["self"]["peerId"] == known


def test_a_peer_resumes_twice_in_a_row(pair, room):
    first, second = pair
    for number in (1, 2):
        away(second, first)
        tell(first, second, number)
        assert second.resume()["resumed"] is True
        assert first.expect("peer:back")["peerId"] == second.id
        assert heard(second, 1) == [number]
    away(second, first)
    assert second.resume()["resumed"] is True
    assert first.ask("message", {"to": second.id, "data": 3})["status"] == "delivered"
    assert heard(second, 1) == [3]
    second.expect_nothing("message", within=0.05)


def test_a_peer_resumes_over_the_other_transport_and_back(pair):
    first, second = pair
    tell(first, second, 0)
    assert heard(second, 1) == [0]
    for number in (1, 2):
        away(second, first)
        tell(first, second, number)
        assert second.resume(OTHER[second.transport])["resumed"] is True
        assert heard(second, 1) == [number]


@pytest.mark.parametrize("threads", [1, 4])
def test_a_resume_lands_on_any_loop(connect, servers, room, threads):
    server = servers("--threads", threads)
    first, second = connect(server), connect(server)
    first.join(room)
    second.join(room)
    second.hold("offer")
    for number in range(6):
        answer = first.ask_later("offer", {"to": second.id, "sdp": str(number), "mid": str(number)})
        second.expect("offer")
        away(second, first)
        tell(first, second, number)
        assert second.resume()["resumed"] is True
        offer = second.expect_event("offer")
        assert offer.payload["sdp"] == str(number) and heard(second, 1) == [number]
        offer.ack({"ok": True})
        assert answer()["status"] == "queued"
        assert first.expect("receipt") == {"mid": str(number), "to": second.id, "status": "delivered"}
    assert "peer:left" not in first.log


# Who may resume


def test_who_has_missed_more_than_is_kept_is_not_waited_for(pair, room):
    first, second = pair
    away(second, first)
    for number in range(KEPT + 1):
        first.say("message", {"room": room, "data": number})
    assert first.expect("peer:left") == {"room": room, "peerId": second.id, "reason": "timeout"}
    assert second.resume()["resumed"] is False


def test_another_user_may_not_resume(user_pair):
    first, second = user_pair
    known, pid = second.id, second.pid
    away(second, first)
    second.claim(user="eve")
    assert second.resume()["resumed"] is False and second.id != known and second.pid != pid
    first.expect_nothing("peer:back", within=0.05)


def test_an_unknown_pid_gives_a_new_peer(meet):
    peer = meet(auth={"pid": "nobody", "offset": "nothing"})
    assert peer.welcome["resumed"] is False and peer.pid != "nobody"
