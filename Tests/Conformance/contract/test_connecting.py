# SPDX-License-Identifier: Apache-2.0
"""Section 2 of the contract: the welcome, who one is, and how a peer goes."""

import pytest

from peers import Bare
from wire import fetch


def bye(server, body, headers=()):
    content = {"Content-Type": "text/plain;charset=UTF-8", **dict(headers)}
    return fetch(server.port, "POST", "/socket.io/bye", content, body.encode()).status


# Welcome


def test_the_welcome_comes_first_and_says_what_a_client_needs(meet):
    peer = meet()
    welcome = peer.welcome
    assert peer.log[0] == "welcome"
    assert welcome["resumed"] is False and welcome["protocol"] == 1 and welcome["resumeWindowMs"] == 60_000
    assert {"name", "version"} <= set(welcome["server"])
    assert isinstance(welcome["limits"], dict) and isinstance(welcome["features"], list)
    assert isinstance(welcome["iceServers"], list)
    assert isinstance(welcome["pid"], str) and welcome["pid"] != welcome["peerId"]
    assert "user" not in welcome and "rooms" not in welcome


def test_the_peer_id_is_the_id_of_the_socket(bare):
    peer = bare()
    assert peer.welcome["peerId"] == peer.id and peer.welcome["pid"] == peer.pid


def test_a_claimed_user_a_name_and_metadata_are_seen_by_others(meet, room):
    first = meet()
    first.join(room)
    second = meet(auth={"user": "ada", "name": "Ada", "metadata": {"audio": True}})
    assert second.welcome["user"] == "ada"
    second.join(room)
    seen = first.expect("peer:joined")["peer"]
    assert (seen["user"], seen["name"], seen["metadata"]) == ("ada", "Ada", {"audio": True})


def test_the_resume_window_is_told(connect, brief):
    assert connect(brief).welcome["resumeWindowMs"] == 1000


# Going


def test_a_clean_disconnect_is_left_at_once(pair, room):
    first, second = pair
    second.leave()
    assert first.expect("peer:left") == {"room": room, "peerId": second.id, "reason": "left"}
    first.expect_nothing("peer:away", within=0)


def test_a_clean_disconnect_ends_the_session(bare_pair):
    first, second = bare_pair
    second.leave()
    first.expect("peer:left")
    known = second.id
    assert second.resume()["resumed"] is False and second.id != known


def test_bye_by_post_is_left_at_once(pair, server, room):
    first, second = pair
    assert bye(server, f'{{"pid":"{second.pid}"}}') == 204
    assert first.expect("peer:left") == {"room": room, "peerId": second.id, "reason": "left"}


def test_bye_releases_a_peer_that_is_away(pair, server, room):
    first, second = pair
    known = second.id
    second.drop()
    first.expect("peer:away")
    assert bye(server, f'{{"pid":"{second.pid}"}}') == 204
    assert first.expect("peer:left") == {"room": room, "peerId": known, "reason": "left"}
    assert second.resume()["resumed"] is False and second.id != known


def test_bye_for_nobody_is_answered_alike(server):
    assert bye(server, '{"pid":"nobody"}') == 204


@pytest.mark.parametrize("body", ["", "x", "[]", "{}", '"pid"', '{"pid":1}', '{"pid":null}'])
def test_bye_without_a_pid_is_a_bad_request(server, body):
    assert bye(server, body) == 400


def test_bye_from_a_foreign_page_does_nothing(bare_pair, server):
    first, second = bare_pair
    assert bye(server, f'{{"pid":"{second.pid}"}}', {"Origin": "https://elsewhere.example"}) == 403
    assert first.ask("offer", {"to": second.id, "sdp": "x", "confirm": "none"})["status"] == "sent"
    first.expect_nothing("peer:left", within=0.05)


def test_what_is_no_packet_is_left_at_once(bare_pair):
    first, second = bare_pair
    second.session.say("x")
    assert first.expect("peer:left")["reason"] == "disconnected"
    first.expect_nothing("peer:away", within=0.05)


def test_without_a_window_a_lost_peer_is_disconnected(connect, servers, room):
    server = servers("--resume-window", 0)
    first, second = connect(server), connect(server)
    assert first.welcome["resumeWindowMs"] == 0
    first.join(room)
    second.join(room)
    second.drop()
    assert first.expect("peer:left") == {"room": room, "peerId": second.id, "reason": "disconnected"}
    known = second.id
    assert second.resume()["resumed"] is False and second.id != known


def test_a_peer_that_answers_no_ping_is_away(servers, room):
    server = servers("--ping-interval", 200, "--ping-timeout", 200)
    first, second = Bare(server), Bare(server)
    first.join(room)
    second.join(room)
    assert first.expect("peer:away") == {"room": room, "peerId": second.id}
    assert second.resume()["resumed"] is True
    assert first.expect("peer:back") == {"room": room, "peerId": second.id}
    first.leave()
    second.leave()
