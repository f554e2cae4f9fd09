# SPDX-License-Identifier: Apache-2.0
"""Section 3 of the contract: capacity, password, lock, the public list, and what becomes of an empty room."""

import pytest

from contract.clients import eventually
from peers import refused


def listed(peer, room):
    """The entry of a room in the public list, read page by page."""
    cursor = {}
    while True:
        page = peer.ask("rooms", {"limit": 100, **cursor})
        assert page["ok"] is True, page
        found = [one for one in page["rooms"] if one["room"] == room]
        if found or "cursor" not in page:
            return found[0] if found else None
        cursor = {"cursor": page["cursor"]}


# Capacity


def test_a_full_room_lets_nobody_in_until_someone_leaves(meet, room):
    first, second, third = meet(), meet(), meet()
    first.join(room, settings={"capacity": 2})
    second.join(room)
    refused(third.ask("join", {"room": room}), "room_full")
    second.ask("leave", {"room": room})
    third.join(room)


def test_a_peer_that_is_away_keeps_its_seat(meet, room):
    first, second, third = meet(), meet(), meet()
    first.join(room, settings={"capacity": 2})
    second.join(room)
    second.drop()
    first.expect("peer:away")
    refused(third.ask("join", {"room": room}), "room_full")
    assert second.resume()["rooms"] == [room]


@pytest.mark.parametrize("seats", [1, 5])
def test_of_many_joins_at_once_exactly_as_many_win_as_there_are_seats(bare, room, seats):
    peers = [bare() for _ in range(24)]
    answers = [peer.ask_later("join", {"room": room, "settings": {"capacity": seats}}) for peer in peers]
    answers = [answer() for answer in answers]
    winners = [answer for answer in answers if answer["ok"]]
    assert len(winners) == seats
    assert [answer["self"]["role"] for answer in winners].count("owner") == 1
    assert sorted(len(answer["peers"]) for answer in winners) == list(range(seats))
    for answer in answers:
        assert answer["ok"] or refused(answer, "room_full")


# Password and lock


@pytest.mark.parametrize("given", [{"password": "sesame"}, {"settings": {"password": "sesame"}}])
def test_a_room_with_a_password_wants_it(meet, room, given):
    first, second = meet(), meet()
    made = first.join(room, **given)
    assert made["room"]["settings"]["password"] is True and "sesame" not in str(made)
    refused(second.ask("join", {"room": room}), "room_password")
    refused(second.ask("join", {"room": room, "password": "Sesame"}), "room_password")
    assert "sesame" not in str(second.join(room, password="sesame"))


@pytest.mark.parametrize("nothing", [None, ""])
def test_a_password_can_be_set_and_taken_away(pair, meet, room, nothing):
    first, third = pair[0], meet()
    assert first.ask("room:update", {"room": room, "settings": {"password": "x"}})["settings"]["password"] is True
    refused(third.ask("join", {"room": room}), "room_password")
    assert first.ask("room:update", {"room": room, "settings": {"password": nothing}})["settings"]["password"] is False
    third.join(room)


def test_who_guesses_passwords_is_slowed_down(meet, room):
    first, second = meet(), meet()
    first.join(room, password="sesame")
    for number in range(5):
        refused(second.ask("join", {"room": room, "password": str(number)}), "room_password")
    answer = refused(second.ask("join", {"room": room, "password": "6"}), "rate_limited")
    assert answer["error"]["retryable"] is True and answer["error"]["retryAfterMs"] > 0
    refused(second.ask("join", {"room": room, "password": "sesame"}), "rate_limited")
    second.join(room + "-other")


def test_a_locked_room_lets_nobody_in_and_nobody_out_of_turn(pair, meet, room):
    first, second = pair
    third = meet()
    assert first.ask("room:update", {"room": room, "settings": {"locked": True}})["settings"]["locked"] is True
    refused(third.ask("join", {"room": room}), "room_locked")
    second.drop()
    first.expect("peer:away")
    assert second.resume()["rooms"] == [room]
    first.ask("room:update", {"room": room, "settings": {"locked": False}})
    third.join(room)


# Changes


def test_a_change_is_told_to_all_who_are_in(pair, room):
    first, second = pair
    answer = first.ask("room:update", {"room": room, "settings": {"capacity": 7, "password": "x"}, "metadata": {"a": 1}})
    assert answer["ok"] is True and answer["metadata"] == {"a": 1}
    assert (answer["settings"]["capacity"], answer["settings"]["password"]) == (7, True)
    for peer in (first, second):
        assert peer.expect("room:updated") == {
            "room": room, "settings": answer["settings"], "metadata": {"a": 1}, "by": first.id}


def test_metadata_are_replaced_and_settings_kept(pair, room):
    first, _ = pair
    first.ask("room:update", {"room": room, "settings": {"capacity": 7}, "metadata": {"a": 1}})
    answer = first.ask("room:update", {"room": room, "settings": {"locked": True}, "metadata": {"b": 2}})
    assert answer["metadata"] == {"b": 2}
    assert (answer["settings"]["capacity"], answer["settings"]["locked"]) == (7, True)
    assert first.ask("room:update", {"room": room, "settings": {"locked": False}})["metadata"] == {"b": 2}


def test_members_may_change_nothing(pair, meet, room):
    refused(pair[1].ask("room:update", {"room": room, "settings": {"capacity": 9}}), "forbidden")
    refused(meet().ask("room:update", {"room": room, "settings": {"capacity": 9}}), "not_in_room")
    pair[0].expect_nothing("room:updated", within=0.05)


# The public list


def test_only_public_rooms_are_listed(meet, room):
    first, second, outside = meet(), meet(), meet()
    first.join(room, settings={"public": True, "password": "x", "metadata": {"topic": "tests"}})
    second.join(room, password="x")
    first.join(room + "-hidden")
    entry = listed(outside, room)
    assert (entry["peers"], entry["metadata"], entry["settings"]["password"]) == (2, {"topic": "tests"}, True)
    assert isinstance(entry["createdAt"], (int, float))
    assert listed(outside, room + "-hidden") is None
    first.ask("room:update", {"room": room, "settings": {"public": False}})
    assert listed(outside, room) is None


def test_the_list_comes_in_pages_sorted_by_id(meet, room):
    peer = meet()
    mine = [f"{room}-{number}" for number in range(5)]
    for name in reversed(mine):
        peer.join(name, settings={"public": True})
    seen, cursor = [], {}
    while True:
        page = peer.ask("rooms", {"limit": 2, **cursor})
        assert len(page["rooms"]) <= 2
        seen += [one["room"] for one in page["rooms"]]
        if "cursor" not in page:
            break
        cursor = {"cursor": page["cursor"]}
    assert seen == sorted(set(seen)) and [name for name in seen if name in mine] == mine


@pytest.mark.parametrize("limit", [0, 101, -1, "x", 1.5])
def test_a_page_has_1_to_100_rooms(meet, limit):
    refused(meet().ask("rooms", {"limit": limit}), "bad_payload", "limit")


# Empty rooms


def test_an_empty_room_is_gone_at_once(meet, room):
    peer = meet()
    peer.join(room, settings={"capacity": 3})
    peer.ask("leave", {"room": room})
    refused(peer.ask("join", {"room": room, "create": False}), "room_not_found")


def test_an_empty_room_may_be_kept_and_its_next_member_owns_it(meet, room):
    first, second = meet(), meet()
    first.join(room, settings={"capacity": 3, "emptyTimeoutMs": 60_000})
    first.ask("leave", {"room": room})
    joined = second.join(room, create=False)
    assert joined["room"]["settings"]["capacity"] == 3 and joined["self"]["role"] == "owner"


def test_a_kept_room_is_gone_when_its_time_is_over(meet, room):
    first, outside = meet(), meet()
    first.join(room, settings={"public": True, "emptyTimeoutMs": 300})
    first.ask("leave", {"room": room})
    assert listed(outside, room)["peers"] == 0
    eventually(lambda: listed(outside, room) is None)
    refused(first.ask("join", {"room": room, "create": False}), "room_not_found")
