# SPDX-License-Identifier: Apache-2.0
"""Section 3 of the contract: coming, going, and what members tell of themselves."""

import pytest

from peers import refused

SETTINGS = {"capacity", "locked", "password", "lobby", "public", "emptyTimeoutMs"}
PEER = {"peerId", "role", "metadata", "state", "polite", "initiator"}


# Joining


def test_a_join_answers_with_room_self_and_peers(pair, meet, room):
    first, second = pair
    third = meet()
    joined = third.join(room, metadata={"audio": True})
    assert set(joined) == {"ok", "room", "self", "peers", "iceServers"}
    assert joined["room"]["id"] == room and isinstance(joined["room"]["createdAt"], (int, float))
    assert SETTINGS == set(joined["room"]["settings"]) and isinstance(joined["room"]["metadata"], dict)
    me = joined["self"]
    assert (me["peerId"], me["role"], me["metadata"]) == (third.id, "member", {"audio": True})
    assert [peer["peerId"] for peer in joined["peers"]] == [first.id, second.id]
    assert all(PEER <= set(peer) for peer in joined["peers"])
    assert joined["peers"][0]["role"] == "owner"


def test_the_others_are_told_who_joined(pair, meet, room):
    first, second = pair
    third = meet(auth={"name": "Cem"})
    third.join(room)
    for peer in pair:
        told = peer.expect("peer:joined")
        assert (told["room"], told["peer"]["peerId"], told["peer"]["name"]) == (room, third.id, "Cem")
        assert (told["peer"]["polite"], told["peer"]["initiator"]) == (False, False)
    third.expect_nothing("peer:joined", within=0.05)


def test_the_later_joiner_of_each_pair_is_polite_and_begins(meet, room):
    peers = [meet() for _ in range(3)]
    for peer in peers:
        peer.join(room)
    views = [{one["peerId"]: one for one in peer.ask("peers", {"room": room})["peers"]} for peer in peers]
    for early in range(3):
        for late in range(early + 1, 3):
            seen_by_early, seen_by_late = views[early][peers[late].id], views[late][peers[early].id]
            for key in ("polite", "initiator"):
                assert (seen_by_early[key], seen_by_late[key]) == (False, True)


def test_a_room_may_be_named_by_a_plain_string(meet, room):
    assert meet().ask("join", room)["room"]["id"] == room


def test_joining_twice_is_refused(pair, room):
    refused(pair[1].ask("join", {"room": room}), "already_joined")
    pair[0].expect_nothing("peer:joined", within=0.05)


def test_a_room_that_must_exist_is_not_found(meet, room):
    peer = meet()
    refused(peer.ask("join", {"room": room, "create": False}), "room_not_found")
    refused(peer.ask("peers", {"room": room}), "not_in_room")


def test_create_false_joins_a_room_that_is_there(pair, meet, room):
    assert len(meet().join(room, create=False)["peers"]) == 2


@pytest.mark.parametrize("name", ["", "x" * 129, 1, None, [], {}])
def test_a_room_id_has_1_to_128_characters(meet, name):
    refused(meet().ask("join", {"room": name}), "bad_payload", "room")


def test_settings_and_metadata_of_a_new_room_are_those_of_its_creator(meet, room):
    first, second = meet(), meet()
    made = first.join(room, settings={"capacity": 3, "public": False, "metadata": {"topic": "tests"}})["room"]
    assert made["settings"]["capacity"] == 3 and made["settings"]["public"] is False and made["metadata"] == {"topic": "tests"}
    seen = second.join(room, settings={"capacity": 9, "metadata": {"topic": "mine"}})["room"]
    assert seen["settings"] == made["settings"] and seen["metadata"] == made["metadata"]


# Leaving


def test_leaving_is_told_with_its_reason(pair, room):
    first, second = pair
    assert second.ask("leave", {"room": room})["ok"] is True
    assert first.expect("peer:left") == {"room": room, "peerId": second.id, "reason": "left"}
    refused(second.ask("leave", {"room": room}), "not_in_room")


def test_leaving_without_a_room_leaves_all(pair, meet, room):
    first, second = pair
    second.join(room + "-2")
    assert second.ask("leave")["ok"] is True
    assert first.expect("peer:left")["room"] == room
    assert second.join(room + "-2")["self"]["role"] == "owner"


def test_the_longest_present_member_becomes_the_owner_when_the_owner_leaves(pair, meet, room):
    first, second = pair
    third = meet()
    third.join(room)
    first.ask("leave", {"room": room})
    for peer in (second, third):
        told = peer.expect("peer:updated")
        assert (told["room"], told["peerId"], told["role"]) == (room, second.id, "owner")
        assert isinstance(told["version"], int) and isinstance(told["metadata"], dict)
    roles = {peer["peerId"]: peer["role"] for peer in third.ask("peers", {"room": room})["peers"]}
    assert roles[second.id] == "owner"


# Metadata


def test_an_update_is_told_to_the_others_with_its_version(pair, meet, room):
    first, second = pair
    one = second.ask("update", {"room": room, "set": {"audio": True, "hand": 1}})
    two = second.ask("update", {"room": room, "set": {"video": None}, "remove": ["hand", "nothing"]})
    assert one["ok"] is True and two["version"] == one["version"] + 1
    assert first.expect("peer:updated") == {
        "room": room, "peerId": second.id, "metadata": {"audio": True, "hand": 1}, "version": one["version"]}
    assert first.expect("peer:updated")["metadata"] == {"audio": True, "video": None}
    second.expect_nothing("peer:updated", within=0.05)
    assert meet().join(room)["peers"][1]["metadata"] == {"audio": True, "video": None}


def test_an_update_without_a_room_counts_in_all(pair, meet, room):
    first, second = pair
    third = meet()
    third.join(room + "-2")
    second.join(room + "-2")
    assert isinstance(second.ask("update", {"set": {"name": "Bob"}})["version"], int)
    assert first.expect("peer:updated")["metadata"] == {"name": "Bob"}
    assert third.expect("peer:updated")["room"] == room + "-2"


def test_an_update_elsewhere_is_refused(meet, pair, room):
    refused(meet().ask("update", {"room": room, "set": {"x": 1}}), "not_in_room")
