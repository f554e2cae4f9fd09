# SPDX-License-Identifier: Apache-2.0
"""The protocol of the official dashboard (@socket.io/admin-ui) on the namespace /admin, as FACTS has it."""

import re
import threading
import time

import pytest
import socketio

import tokens
from admins import NAME, PASSWORD, account
from peers import PATIENCE, STOCK_TRANSPORTS, Bare, Stock
from server import Server
from sessions import SOCKET, Polling, connected

CHANGES = {"EMIT", "JOIN", "LEAVE", "DISCONNECT", "MJOIN", "MLEAVE", "MDISCONNECT"}
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


class Dashboard:
    """What the dashboard does: keeps the events with all their arguments."""

    def __init__(self, server, auth=None, transport="websocket"):
        self.heard, self.news = [], threading.Condition()
        self.io = socketio.Client(reconnection=False)
        self.io.on("*", self._heard, namespace="/admin")
        self.io.connect(
            server.url, auth=auth or {"username": NAME, "password": PASSWORD}, namespaces=["/admin"],
            transports=STOCK_TRANSPORTS[transport], wait_timeout=PATIENCE)

    def _heard(self, name, *arguments):
        with self.news:
            self.heard.append((name, *arguments))
            self.news.notify_all()

    def expect(self, name, matches=lambda *arguments: True, within=PATIENCE):
        """Takes out the first event of that name for which `matches` holds; its arguments."""
        def found():
            return next((event for event in self.heard if event[0] == name and matches(*event[1:])), None)

        with self.news:
            if not self.news.wait_for(found, within):
                raise TimeoutError(f"no such {name} among {[event[:4] for event in self.heard]}")
            event = found()
            self.heard.remove(event)
            return event[1:]

    def say(self, name, *arguments):
        self.io.emit(name, arguments, namespace="/admin")

    def leave(self):
        self.io.disconnect()


def start(folder, *more):
    return Server.serve("--threads", 2, *account(folder, *more))


@pytest.fixture(scope="module")
def production(tmp_path_factory):
    server = start(tmp_path_factory.mktemp("admin"))
    yield server
    server.stop()


@pytest.fixture(scope="module")
def development(tmp_path_factory):
    server = start(tmp_path_factory.mktemp("admin"), "--admin-development")
    yield server
    server.stop()


@pytest.fixture
def room(request):
    return request.node.name


@pytest.mark.parametrize("transport", STOCK_TRANSPORTS)
def test_figures_in_production(production, room, transport):
    dashboard = Dashboard(production, transport=transport)
    [session] = dashboard.expect("session")
    assert re.fullmatch("[0-9a-f]{16}", session)
    assert set(dashboard.expect("config")[0]["supportedFeatures"]) == CHANGES | {"AGGREGATED_EVENTS"}
    dashboard.expect("server_stats")
    ada = Stock(production)
    ada.join(room)
    counted = {}
    while "rawConnection" not in counted:
        [stats] = dashboard.expect("server_stats")
        for event in stats["aggregatedEvents"]:
            assert event["timestamp"] % 1000 == 0 and abs(event["timestamp"] / 1000 - time.time()) < 60
            counted[event["type"]] = counted.get(event["type"], 0) + event["count"]
    while stats["clientsCount"] < 2:
        [stats] = dashboard.expect("server_stats")
    assert stats["serverId"] and stats["hostname"] and stats["pid"] == production.process.pid and stats["uptime"] > 0
    names = {each["name"]: each["socketsCount"] for each in stats["namespaces"]}
    assert names["/"] >= 1 and names["/admin"] >= 1 and stats["pollingClientsCount"] <= stats["clientsCount"]
    assert counted["rawConnection"] >= 1
    for kind in "packetsIn", "packetsOut", "bytesIn", "bytesOut":
        assert counted[kind] > 0
    ada.leave()
    reasons = []
    while not reasons:
        [stats] = dashboard.expect("server_stats")
        reasons = [each["subType"] for each in stats["aggregatedEvents"] if each["type"] == "rawDisconnection"]
    assert not any(event[0] in ("socket_connected", "event_received") for event in dashboard.heard)
    again = Dashboard(production, {"sessionId": session})
    again.expect("config")
    again.leave()
    dashboard.leave()


def test_everything_in_development(development, room):
    early = Stock(development, auth={"user": "early"})
    dashboard = Dashboard(development)
    assert set(dashboard.expect("config")[0]["supportedFeatures"]) == CHANGES | {"AGGREGATED_EVENTS", "ALL_EVENTS"}
    [everybody] = dashboard.expect("all_sockets")
    one = next(each for each in everybody if each["id"] == early.id)
    assert one["nsp"] == "/" and one["transport"] == "websocket" and early.id in one["rooms"]
    assert len(one["clientId"]) == 12 and one["data"]["user"] == "early"
    shaken = one["handshake"]
    assert shaken["address"] == "127.0.0.1" and shaken["secure"] is False
    assert shaken["xdomain"] is ("origin" in shaken["headers"])
    assert shaken["query"]["EIO"] == "4" and isinstance(shaken["issued"], int) and "auth" not in shaken
    assert "/admin" in {each["nsp"] for each in everybody}

    poller = Polling(development.port, SOCKET)
    id = connected(poller)
    shown, at = dashboard.expect("socket_connected", lambda socket, at: socket["id"] == id)
    assert TIME.fullmatch(at) and shown["nsp"] == "/" and shown["transport"] == "polling"
    upgraded = poller.upgrade()
    [updated] = dashboard.expect("socket_updated", lambda news: news["id"] == id and "transport" in news)
    assert updated == {"id": id, "nsp": "/", "transport": "websocket"}
    upgraded.close()

    ada = Stock(development)
    assert dashboard.expect("room_joined", lambda nsp, name, id, at: id == ada.id)[:3] == ("/", ada.id, ada.id)
    ada.join(room)
    nsp, id, event, at = dashboard.expect("event_received", lambda nsp, id, event, at: event[0] == "join")
    assert (nsp, id, event) == ("/", ada.id, ["join", {"room": room}]) and TIME.fullmatch(at)
    dashboard.expect("room_joined", lambda nsp, name, id, at: (nsp, name, id) == ("/", room, ada.id))
    early.join(room)
    nsp, id, event, at = dashboard.expect("event_sent", lambda nsp, id, event, at: event[0] == "peer:joined")
    assert id == ada.id and event[1]["peer"]["peerId"] == early.id
    ada.ask("leave", {"room": room})
    dashboard.expect("room_left", lambda nsp, name, id, at: (nsp, name, id) == ("/", room, ada.id))
    ada.leave()
    nsp, id, reason, at = dashboard.expect("socket_disconnected", lambda nsp, id, reason, at: id == ada.id)
    # This client often closes before its DISCONNECT is written.
    assert nsp == "/" and reason in ("client namespace disconnect", "transport close") and TIME.fullmatch(at)
    assert not any(event[0] in ("event_sent", "event_received") and event[1] == "/admin" for event in dashboard.heard)
    early.leave()
    dashboard.leave()


def test_what_a_dashboard_asks_for(development, room):
    dashboard = Dashboard(development)
    ada, bob = Stock(development), Stock(development)
    ada.join(room)
    bob.join(room)
    dashboard.say("emit", "/", ada.id, "greeting", {"n": 1})
    assert ada.expect("greeting") == {"n": 1}
    dashboard.say("emit", "/", room, "greeting", "to the room")
    assert ada.expect("greeting") == bob.expect("greeting") == "to the room"
    dashboard.say("emit", "/", None, "greeting")
    assert ada.expect("greeting") is None and bob.expect("greeting") is None
    bare = Bare(development)
    dashboard.say("emit", "/", None, "connect", "reserved")
    dashboard.say("emit", "/", bare.id, "greeting")
    bare.expect("greeting")
    assert "connect" not in [event.name for event in bare.heard], "clients would take it for the protocol's own"
    bare.leave()
    dashboard.say("emit", "/none such", None, "x")
    dashboard.say("emit")
    dashboard.say("emit", {"a": 1}, 7, [])
    dashboard.say("join", "/", "a side room", ada.id)
    dashboard.expect("room_joined", lambda nsp, name, id, at: (name, id) == ("a side room", ada.id))
    dashboard.say("leave", "/", "a side room", ada.id)
    dashboard.expect("room_left", lambda nsp, name, id, at: (name, id) == ("a side room", ada.id))
    # The room of a call is left in earnest.
    dashboard.say("leave", "/", room, bob.id)
    assert bob.expect("moderated") == {"room": room, "action": "kick", "by": "admin"}
    assert ada.expect("peer:left")["peerId"] == bob.id
    dashboard.say("_disconnect", "/", False, bob.id)
    bob.io.wait()
    dashboard.say("_disconnect", "/", True, room)
    ada.io.wait()
    assert not ada.io.connected
    dashboard.leave()


def test_who_may_only_look_is_offered_nothing_and_does_nothing(tmp_path):
    server = start(tmp_path, "--admin-read-only")
    try:
        dashboard, ada = Dashboard(server), Stock(server)
        assert dashboard.expect("config")[0]["supportedFeatures"] == ["AGGREGATED_EVENTS"]
        dashboard.say("_disconnect", "/", True)
        dashboard.say("emit", "/", None, "greeting")
        ada.expect_nothing("greeting", 0.5)
        assert ada.io.connected
        dashboard.leave()
        ada.leave()
    finally:
        server.stop()


def test_a_token_in_the_query_is_not_shown(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text(tokens.SECRET)
    server = start(tmp_path, "--admin-development", "--token-secret-file", secret)
    try:
        dashboard, token = Dashboard(server), tokens.token()
        client = socketio.Client(reconnection=False)
        client.connect(f"{server.url}/?token={token}", headers={"Authorization": f"Bearer {token}"}, wait_timeout=5)
        [shown, _] = dashboard.expect("socket_connected", lambda socket, at: socket["nsp"] == "/")
        assert token not in str(shown) and shown["handshake"]["url"] == "/socket.io/"
        client.disconnect()
        dashboard.leave()
    finally:
        server.stop()
