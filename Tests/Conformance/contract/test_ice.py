# SPDX-License-Identifier: Apache-2.0
"""Section 7 of the contract: which servers a connection may be made through, and time-limited credentials for them."""

import base64
import hashlib
import hmac
import time
import urllib.parse

import pytest

from peers import Bare, refused
from wire import fetch

SECRET = "a-secret-of-the-tests"
STUN, TURN = "stun:127.0.0.1:3478", ["turn:127.0.0.1:3478?transport=udp", "turns:127.0.0.1:5349?transport=tcp"]


@pytest.fixture
def turning(servers, tmp_path_factory):
    """Calls for servers with STUN and TURN configured."""
    def serve(ttl=3600):
        file = tmp_path_factory.getbasetemp() / "turn-secret"
        file.write_text(SECRET + "\n")
        file.chmod(0o600)
        urls = [word for url in TURN for word in ("--turn-url", url)]
        return servers("--stun-url", STUN, *urls, "--turn-secret-file", str(file), "--turn-ttl", ttl)

    return serve


def checked(username, credential, user, ttl=3600):
    """Checks a credential as coturn does."""
    expiry, name = username.split(":", 1)
    assert abs(int(expiry) - (time.time() + ttl)) < 10 and name == user
    assert credential == base64.b64encode(hmac.new(SECRET.encode(), username.encode(), hashlib.sha1).digest()).decode()


def urls(entry):
    return [entry["urls"]] if isinstance(entry["urls"], str) else entry["urls"]


def turn_entry(ice_servers):
    [entry] = [one for one in ice_servers if any(url.startswith("turn") for url in urls(one))]
    return entry


# The event


def test_without_configuration_there_are_no_servers(meet):
    answer = meet().ask("ice", {})
    assert answer["ok"] is True and answer["iceServers"] == [] and answer["ttlSeconds"] == 86_400
    assert abs(answer["expiresAt"] - (time.time() + 86_400) * 1000) < 10_000


def test_turn_credentials_are_what_coturn_checks(connect, turning):
    peer = connect(turning(), auth={"user": "ada"})
    answer = peer.ask("ice", {})
    assert answer["ttlSeconds"] == 3600 and abs(answer["expiresAt"] - (time.time() + 3600) * 1000) < 10_000
    assert [STUN] in [urls(one) for one in answer["iceServers"]]
    entry = turn_entry(answer["iceServers"])
    assert urls(entry) == TURN
    checked(entry["username"], entry["credential"], "ada")


def test_a_peer_without_a_user_has_credentials_for_its_id(connect, turning):
    peer = connect(turning())
    entry = turn_entry(peer.ask("ice")["iceServers"])
    checked(entry["username"], entry["credential"], peer.id)


def test_servers_come_also_with_the_welcome_the_join_and_a_call(connect, turning, room):
    caller, callee = connect(turning(), auth={"user": "ada"}), connect(turning(), auth={"user": "bob"})
    call = {"callId": caller.ask("call", {"to": callee.id})["callId"]}
    taken = callee.ask("call:accept", call)
    accepted = caller.expect("call:accepted")
    for place, user in [(caller.welcome, "ada"), (caller.join(room), "ada"), (accepted, "ada"), (taken, "bob")]:
        entry = turn_entry(place["iceServers"])
        checked(entry["username"], entry["credential"], user)


def test_fresh_servers_are_pushed_before_the_old_expire(turning):
    peer, begun = Bare(turning(ttl=4), auth={"user": "ada"}), time.monotonic()
    pushed = peer.expect("ice:servers")
    assert 2 <= time.monotonic() - begun < 4 and pushed["ttlSeconds"] == 4
    entry = turn_entry(pushed["iceServers"])
    checked(entry["username"], entry["credential"], "ada", ttl=4)
    peer.leave()


# The REST form of it


def turn(server, query, headers=()):
    return fetch(server.port, "GET", "/turn" + query, headers)


def test_the_rest_form_gives_the_same_kind_of_credentials(turning):
    answer = turn(turning(), "?service=turn&username=" + urllib.parse.quote("ada@example.org"))
    assert answer.status == 200
    body = answer.json()
    assert body["ttl"] == 3600 and body["uris"] == TURN
    checked(body["username"], body["password"], "ada@example.org")


@pytest.mark.parametrize("query", ["", "?username=ada", "?service=stun&username=ada"])
def test_the_rest_form_serves_turn_alone(turning, query):
    assert turn(turning(), query).status == 400


def test_the_rest_form_is_not_for_foreign_pages(turning):
    assert turn(turning(), "?service=turn&username=ada", {"Origin": "https://elsewhere.example"}).status == 403


def test_the_rest_form_is_not_there_without_turn(server):
    assert turn(server, "?service=turn&username=ada").status == 404


# Reports


def test_a_report_on_a_pair_is_taken(pair):
    first, second = pair
    report = {"to": second.id, "ice": "connected", "connection": "connected", "candidateType": "relay", "timeToConnectMs": 120}
    assert first.ask("report", report) == {"ok": True}
    found = {"verdict": "no_turn", "candidates": {"host": 2, "relay": 1}, "remoteCandidates": {}}
    assert first.ask("report", {**report, **found}) == {"ok": True}
    for field, bad in {"verdict": "x" * 65, "candidates": [], "remoteCandidates": {"host": 1_001}}.items():
        refused(first.ask("report", {**report, **found, field: bad}), "bad_payload")
    second.expect_nothing("report", within=0.02)


def test_a_report_on_a_stranger_is_not(meet):
    refused(meet().ask("report", {"to": "nobody", "ice": "failed", "connection": "failed"}), "peer_not_found")
