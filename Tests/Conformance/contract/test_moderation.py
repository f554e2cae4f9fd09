# SPDX-License-Identifier: Apache-2.0
"""Section 3 of the contract: what owners and moderators may do to others, and what those are told."""

import pytest

from contract.clients import eventually
from peers import refused

REQUESTS = ["mute", "stop_video", "lower_hand"]


def moderate(peer, room, target, action, **more):
    answer = peer.ask("moderate", {"room": room, "peerId": target if isinstance(target, str) else target.id, "action": action, **more})
    assert answer["ok"] is True, answer
    return {result["peerId"]: result["status"] for result in answer["results"]}


@pytest.fixture
def crowd(meet, room):
    """An owner, a moderator and two members."""
    crowd = [meet() for _ in range(4)]
    for peer in crowd:
        peer.join(room)
    owner, moderator, *_ = crowd
    assert moderate(owner, room, moderator, "role", role="moderator") == {moderator.id: "done"}
    return crowd


# Removing


@pytest.mark.parametrize("action, reason", [("kick", "kicked"), ("ban", "banned")])
def test_who_is_removed_is_told_and_so_are_the_others(crowd, room, action, reason):
    owner, moderator, member, other = crowd
    assert moderate(moderator, room, member, action, reason="noise") == {member.id: "done"}
    assert member.expect("moderated") == {"room": room, "action": action, "by": moderator.id, "reason": "noise"}
    for peer in (owner, moderator, other):
        assert peer.expect("peer:left") == {"room": room, "peerId": member.id, "reason": reason}
    assert member.expect("peer:left") == {"room": room, "peerId": member.id, "reason": reason}
    refused(member.ask("message", {"room": room, "data": 1}), "not_in_room")


def test_who_was_kicked_may_come_back_and_who_was_banned_may_not(crowd, room):
    owner, _, kicked, banned = crowd
    moderate(owner, room, kicked, "kick")
    moderate(owner, room, banned, "ban")
    kicked.join(room)
    refused(banned.ask("join", {"room": room}), "banned")


def test_a_ban_holds_the_user_on_all_devices(meet, room):
    owner, first = meet(), meet(auth={"user": "eve"})
    owner.join(room)
    first.join(room)
    moderate(owner, room, first, "ban")
    refused(meet(auth={"user": "eve"}).ask("join", {"room": room}), "banned")
    meet(auth={"user": "ada"}).join(room)
    meet().join(room)


@pytest.mark.parametrize("whom", ["peerId", "user"])
def test_a_ban_is_lifted(meet, room, whom):
    owner, eve = meet(), meet(auth={"user": "eve"} if whom == "user" else {})
    owner.join(room)
    eve.join(room)
    moderate(owner, room, eve, "ban")
    refused(eve.ask("join", {"room": room}), "banned")
    given = {"user": "eve"} if whom == "user" else {"peerId": eve.id}
    assert owner.ask("moderate", {"room": room, "action": "unban", **given})["ok"] is True
    eve.join(room)


def test_a_ban_ends_when_its_time_is_over(meet, room):
    owner, eve = meet(), meet()
    owner.join(room)
    eve.join(room)
    moderate(owner, room, eve, "ban", durationMs=400)
    refused(eve.ask("join", {"room": room}), "banned")
    eventually(lambda: eve.ask("join", {"room": room})["ok"])


def test_a_ban_outlives_the_last_member(meet, room):
    owner, eve = meet(), meet()
    owner.join(room)
    eve.join(room)
    moderate(owner, room, eve, "ban")
    owner.ask("leave", {"room": room})
    refused(eve.ask("join", {"room": room}), "banned")
    owner.join(room)


def test_a_ban_by_address_holds_whoever_comes_from_there(meet, room):
    owner, eve = meet(), meet()
    owner.join(room)
    eve.join(room)
    moderate(owner, room, eve, "ban", by=["address"])
    refused(meet().ask("join", {"room": room}), "banned")


def test_back_to_the_lobby(meet, room):
    owner, guest = meet(), meet()
    owner.join(room, settings={"lobby": True})
    guest.ask("join", {"room": room})
    owner.ask("knock:answer", {"room": room, "peerId": guest.id, "admit": True})
    owner.expect("knock:new")
    assert moderate(owner, room, guest, "lobby") == {guest.id: "done"}
    assert guest.expect("moderated")["action"] == "lobby"
    assert owner.expect("peer:left") == {"room": room, "peerId": guest.id, "reason": "kicked"}
    assert owner.expect("knock:new")["peerId"] == guest.id
    owner.ask("knock:answer", {"room": room, "peerId": guest.id, "admit": True})
    guest.expect("knock:result")


# Asking the client


@pytest.mark.parametrize("action", REQUESTS)
def test_a_request_is_acked_by_the_client_it_is_for(crowd, room, action):
    _, moderator, member, _ = crowd
    member.answer("moderated", {"ok": True, "done": True})
    assert moderate(moderator, room, member, action) == {member.id: "done"}
    assert member.expect("moderated") == {"room": room, "action": action, "by": moderator.id}


@pytest.mark.parametrize("answer", [{"ok": True, "done": False}, {"ok": False}])
def test_a_client_may_refuse(crowd, room, answer):
    owner, _, member, _ = crowd
    member.answer("moderated", answer)
    assert moderate(owner, room, member, "mute") == {member.id: "refused"}


def test_who_is_away_is_reported_as_away(crowd, room):
    owner, _, member, _ = crowd
    member.drop()
    owner.expect("peer:away")
    assert moderate(owner, room, member, "mute") == {member.id: "away"}


def test_who_leaves_while_asked_is_reported_as_left(crowd, room):
    owner, _, member, _ = crowd
    member.hold("moderated")
    answer = owner.ask_later("moderate", {"room": room, "peerId": member.id, "action": "mute"})
    member.expect("moderated")
    member.leave()
    assert answer()["results"] == [{"peerId": member.id, "status": "left"}]


@pytest.mark.slow
def test_who_does_not_answer_is_reported_as_timeout(bare, room):
    owner, member = bare(), bare()
    owner.join(room)
    member.join(room)
    answer = owner.ask_later("moderate", {"room": room, "peerId": member.id, "action": "mute"})
    member.expect("moderated")
    owner.read(within=10)
    while not owner.answers.get(owner.number):
        owner.read(within=10)
    assert answer()["results"] == [{"peerId": member.id, "status": "timeout"}]


def test_all_may_be_asked_at_once(crowd, room):
    owner, moderator, member, other = crowd
    for peer in crowd[1:]:
        peer.answer("moderated", {"ok": True, "done": True})
    other.answer("moderated", {"ok": True, "done": False})
    assert moderate(owner, room, "*", "mute") == {moderator.id: "done", member.id: "done", other.id: "refused"}
    assert moderate(moderator, room, "*", "mute") == {member.id: "done", other.id: "refused"}


# Who may do what


def test_members_may_not_moderate(crowd, room):
    owner, moderator, member, other = crowd
    for action in ("kick", "ban", *REQUESTS, "lobby", "unban"):
        refused(member.ask("moderate", {"room": room, "peerId": other.id, "action": action}), "forbidden")
    other.expect_nothing("moderated", within=0.05)


def test_moderators_may_not_act_on_the_owner_or_each_other(crowd, room):
    owner, moderator, member, _ = crowd
    moderate(owner, room, member, "role", role="moderator")
    for target in (owner, member):
        for action in ("kick", "ban", "mute"):
            answer = moderator.ask("moderate", {"room": room, "peerId": target.id, "action": action})
            assert answer.get("results") == [{"peerId": target.id, "status": "forbidden"}] or refused(answer, "forbidden")
    owner.expect_nothing("moderated", within=0.05)


def test_only_the_owner_gives_roles_and_all_are_told(crowd, room):
    owner, moderator, member, other = crowd
    refused(moderator.ask("moderate", {"room": room, "peerId": member.id, "action": "role", "role": "moderator"}), "forbidden")
    for peer in crowd:
        assert peer.expect("peer:updated")["role"] == "moderator"
    assert moderate(owner, room, moderator, "role", role="member") == {moderator.id: "done"}
    for peer in crowd:
        told = peer.expect("peer:updated")
        assert (told["room"], told["peerId"], told["role"]) == (room, moderator.id, "member")
    refused(moderator.ask("moderate", {"room": room, "peerId": member.id, "action": "kick"}), "forbidden")


def test_a_room_is_handed_over(crowd, room):
    owner, _, member, other = crowd
    assert moderate(owner, room, member, "role", role="owner") == {member.id: "done"}
    roles = {peer["peerId"]: peer["role"] for peer in other.ask("peers", {"room": room})["peers"]}
    assert (roles[member.id], roles[owner.id]) == ("owner", "moderator")
    refused(owner.ask("moderate", {"room": room, "peerId": other.id, "action": "role", "role": "moderator"}), "forbidden")


def test_roles_are_kept_through_a_resume(crowd, room):
    owner, moderator, member, _ = crowd
    moderator.drop()
    owner.expect("peer:away")
    moderator.resume()
    assert moderate(moderator, room, member, "kick") == {member.id: "done"}
