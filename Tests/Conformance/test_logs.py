# SPDX-License-Identifier: Apache-2.0
"""What the server writes down while it runs."""

import base64
import collections
import datetime
import fcntl
import json
import re
import subprocess
import threading
import time

import pytest

from admins import Admin, account
from metrics import metrics
from peers import Bare, refused
from server import Server, binary, free_port
from sessions import SOCKET, Direct
from tokens import SECRET, token
from wire import fetch

PATIENCE = 20
SDP = "v=0 a-description-nobody-shall-find"
TEXT = re.compile(r"^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z) ([a-z]+) (.*)$")


def written(server, count, kind=None):
    """The lines in JSON, as soon as there are so many (of a kind)."""
    deadline = time.monotonic() + PATIENCE
    while True:
        lines = [json.loads(line) for line in server.lines() if line.startswith("{")]
        found = [line for line in lines if kind in (None, line["message"])]
        if len(found) >= count:
            return found
        assert time.monotonic() < deadline, server.output()
        time.sleep(0.05)


def call(server, ada, bob, room):
    """A little of everything."""
    for peer in (ada, bob):
        peer.join(room, password="opensesame")
    later = ada.ask_later("offer", {"to": bob.id, "sdp": SDP})
    bob.acknowledge(bob.expect_event("offer", 5), {"ok": True})
    assert later()["status"] == "delivered"
    ada.ask("update", {"set": {"secret-metadata": 1}})
    bob.drop()
    ada.expect("peer:away")
    bob.resume()
    ada.expect("peer:back")
    bob.leave()
    ada.leave()


def test_each_fact_of_a_life_is_a_line(parley):
    server = parley("--log-format", "json", "--log-level", "info", "--threads", 2)
    began = time.time()
    ada, bob = Bare(server, auth={"name": "Ada"}), Bare(server)
    call(server, ada, bob, "team")
    kinds = ["peer:connected"] * 2 + ["room:created"] + ["peer:joined"] * 2
    kinds += ["peer:away", "peer:resumed", "peer:back", "peer:disconnected", "peer:left"]
    kinds += ["peer:disconnected", "peer:left", "room:closed"]
    lines = written(server, len(kinds))
    assert sorted(line["message"] for line in lines) == sorted(kinds)
    for line in lines:
        assert line["level"] == "info"
        moment = datetime.datetime.fromisoformat(line["time"].replace("Z", "+00:00")).timestamp()
        assert began - 5 < moment < time.time() + 5
        assert line["message"].startswith("room:") or line["peerId"] in (ada.id, bob.id)
        assert line["message"] in ("peer:connected", "peer:resumed", "peer:disconnected") or line["room"] == "team"
    [first] = [line for line in lines if line["message"] == "peer:connected" and line["peerId"] == bob.id]
    [back] = [line for line in lines if line["message"] == "peer:resumed"]
    [gone] = [line for line in lines if line["message"] == "peer:disconnected" and line["peerId"] == bob.id]
    # The peer is the same, the connection is another one.
    assert back["peerId"] == bob.id and first["connection"] != back["connection"] == gone["connection"]
    assert isinstance(back["connection"], int) and gone["reason"] == "left" and gone["address"] == "127.0.0.1"
    assert [line["name"] for line in lines if line["message"] == "peer:joined" and line["peerId"] == ada.id] == ["Ada"]
    [created] = [line for line in lines if line["message"] == "room:created"]
    assert created["settings"]["password"] is True
    # Secrets of the peers, and what they say to each other, are not there.
    for secret in (SDP, "opensesame", "secret-metadata", ada.pid, bob.pid, ada.session.sid, bob.session.sid):
        assert secret not in server.text()


def test_lines_for_people(parley):
    server = parley("--log-level", "info")
    peer = Bare(server, auth={"name": "two words"})
    peer.join("a room")
    deadline = time.monotonic() + PATIENCE
    while "peer:joined" not in server.output():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    found = [TEXT.match(line) for line in server.lines()]
    lines = {match[3].split(" ")[0]: match for match in found if match}
    assert lines["peer:joined"][2] == "info" and f"peerId={peer.id} " in lines["peer:joined"][3]
    assert lines["peer:joined"][3].endswith('role=owner room="a room"')
    assert 'name="two words"' in lines["peer:joined"][3]
    assert re.search(r" connection=\d+ ", lines["peer:connected"][3])
    peer.leave()


@pytest.mark.parametrize("form", ["text", "json"])
def test_what_a_client_says_makes_no_line_of_its_own(parley, form):
    server = parley("--log-level", "info", "--log-format", form)
    evil = "x\n2026-01-01T00:00:00.000Z error forged\r\x1b[2J\u009b31m\u202e\u2028"
    peer = Bare(server, auth={"name": evil})
    peer.join("r" + "\u0085")
    deadline = time.monotonic() + PATIENCE
    while "peer:joined" not in server.output():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert not any(line.startswith("2026-01-01") for line in server.lines())
    text = server.text()
    assert "\x1b" not in text and "\r" not in text
    if form == "json":
        assert written(server, 1, "peer:connected")[0]["name"] == evil
    else:
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u202e]", text)
    peer.leave()


def test_nothing_is_told_of_lives_unless_asked(parley):
    server = parley()
    ada, bob = Bare(server), Bare(server)
    call(server, ada, bob, "team")
    assert "peer:" not in server.text() and "room:" not in server.text()


def test_tokens_are_never_written(parley, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text(SECRET)
    server = parley("--log-level", "trace", "--log-format", "json", "--token-secret-file", secret)
    good = token()
    peer = Bare(server, auth={"token": good})
    session = Direct(server.port, SOCKET)
    session.say("40" + json.dumps({"token": good[:-4] + "AAAA"}))
    assert session.hear().startswith("44{")
    peer.join("r")
    assert written(server, 1, "peer:joined")[0]["user"] == "ada"
    text = server.text()
    assert good not in text and good[-20:-4] not in text and good.split(".")[1] not in text and SECRET not in text
    peer.leave()


def test_what_admins_do_is_an_object_too_whatever_the_level(parley, tmp_path):
    path = tmp_path / "password"
    path.write_text("correct horse battery")
    server = parley(
        "--log-format", "json", "--log-level", "critical", "--admin-user", "root", "--admin-password-file", path)
    basic = base64.b64encode(b"root:correct horse battery").decode()
    fields = {"Authorization": f"Basic {basic}", "Content-Type": "application/json"}
    body = json.dumps({"room": "r", "settings": {"password": "opensesame"}}).encode()
    assert fetch(server.port, "POST", "/admin/api/create", fields, body).status == 200
    [line] = written(server, 1)
    assert line["message"] == "audit" and line["level"] == "notice" and line["ok"] is True
    assert line["request"] == "create" and line["admin"] == "root" and line["payload"]["room"] == "r"
    for secret in ("opensesame", "correct horse", basic):
        assert secret not in server.text()


@pytest.mark.timeout(90)
def test_who_does_not_read_the_log_holds_nobody_up():
    server = Clogged()
    for number in range(900):
        peer = Bare(server)
        peer.join(f"room-{number}")
        peer.leave()
    assert metrics(server)[("parley_sessions_opened_total", "websocket")] >= 900
    server.stop()
    # Nothing but objects, up to where it stood.
    told = [json.loads(line) for line in server.process.stderr]
    assert 100 < len(told) < 2_000


@pytest.mark.timeout(90)
def test_what_was_lost_meanwhile_is_said():
    server = Clogged()
    for number in range(900):
        peer = Bare(server)
        peer.join(f"room-{number}")
        peer.leave()
    lines = iter(server.process.stderr.readline, b"")
    lost = next(line for line in map(json.loads, lines) if line["message"] == "more happened than could be written")
    assert lost["level"] == "warning" and int(lost["lost"]) > 0
    threading.Thread(target=lambda: collections.deque(lines, 0), daemon=True).start()
    server.stop()


@pytest.mark.timeout(90)
def test_an_admin_who_does_much_holds_nobody_up_and_no_line_is_lost(tmp_path):
    server = Clogged("--log-level", "critical", "--threads", 1, *account(tmp_path))
    fcntl.fcntl(server.process.stderr, fcntl.F_SETPIPE_SZ, 4_096)
    admin, peer, rooms = Admin(server, "websocket"), Bare(server), [f"none-{number}" for number in range(40)]
    for room in rooms:
        refused(admin.ask("close", {"room": room, "reason": "x" * 400}), "room_not_found")
        assert peer.ask("rooms")["ok"]
    peer.leave()
    admin.leave()
    lines = [json.loads(server.process.stderr.readline()) for _ in rooms]
    assert [line["payload"]["room"] for line in lines] == rooms
    server.stop()


class Clogged(Server):
    """A server whose standard error is a pipe, which is read only when the test does so."""

    errors = subprocess.PIPE

    def __init__(self, *arguments):
        port = free_port()
        super().__init__("serve", ["--host", "127.0.0.1", "--port", port, "--no-web", "--log-format", "json",
                                   *(arguments or ["--log-level", "info"])], [port])


@pytest.mark.parametrize("arguments, environment, words", [
    (["--log-level", "loud"], {}, "a level such as info"), (["--log-format", "xml"], {}, "text or json"),
    ([], {"PARLEY_LOG_LEVEL": "loud"}, "PARLEY_LOG_LEVEL must be"),
    ([], {"PARLEY_LOG_FORMAT": "xml"}, "PARLEY_LOG_FORMAT must be"),
])
def test_what_is_no_level_or_format_is_said(monkeypatch, arguments, environment, words):
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    done = subprocess.run([binary(), "serve", "--no-web", "--port", "0", *arguments], capture_output=True, text=True,
                          timeout=20, check=False)
    assert done.returncode == 64 and words in done.stderr, done.stderr
