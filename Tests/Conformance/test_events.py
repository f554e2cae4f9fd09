# SPDX-License-Identifier: Apache-2.0
"""What a server of the operator's is told of rooms and calls: a real HTTP server that checks what it gets."""

import hashlib
import hmac
import http.server
import json
import subprocess
import threading
import time

import pytest

from metrics import check, metrics, scrape, settled
from peers import Bare
from server import binary

SECRET = "a-secret-of-the-webhook"
PATIENCE = 30


class Receiver:
    """Answers with what `answer` returns for a post; keeps the posts, and the events of those that it has taken."""

    def __init__(self, port=0):
        outer = self
        self.answer, self.posts, self.events = (lambda post: 204), [], []
        self.news = threading.Condition()

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                stamp, code = (part.split("=", 1)[1] for part in self.headers["X-Parley-Signature"].split(","))
                right = hmac.new(SECRET.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
                with outer.news:
                    outer.posts.append({
                        "at": time.monotonic(), "body": json.loads(body), "path": self.path,
                        "type": self.headers["Content-Type"], "stamp": int(stamp),
                        "signed": hmac.compare_digest(right, code) and self.headers["X-Parley-Timestamp"] == stamp})
                    post = outer.posts[-1]
                    outer.news.notify_all()
                status = outer.answer(post)
                with outer.news:
                    if 200 <= status < 300:
                        outer.events += post["body"]["events"]
                    outer.news.notify_all()
                try:
                    self.send_response(status)
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                except OSError:
                    pass  # who told has gone

            def log_message(self, *arguments):
                pass

        self.http = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.http.server_port}/events"

    def wait(self, count):
        """The events, as soon as there are so many."""
        with self.news:
            assert self.news.wait_for(lambda: len(self.events) >= count, PATIENCE), self.events
            return list(self.events)

    def stop(self):
        self.http.shutdown()
        self.http.server_close()


@pytest.fixture
def receiver():
    made = Receiver()
    yield made
    made.stop()


@pytest.fixture
def telling(parley, receiver, tmp_path):
    path = tmp_path / "secret"
    path.write_text(SECRET)
    return lambda *flags: parley("--event-webhook", receiver.url, "--event-webhook-secret-file", path, *flags)


def short(events):
    return [(event["type"], event.get("peerId"), event.get("sequence")) for event in events]


def test_a_room_from_its_first_peer_to_its_last(telling, receiver):
    server = telling("--threads", 3)
    ada, bob = Bare(server, auth={"name": "Ada", "user": "ada"}), Bare(server)
    ada.join("team", metadata={"private": 1})
    bob.join("team")
    bob.leave()
    ada.expect("peer:left")
    ada.leave()
    events = receiver.wait(6)
    assert short(events) == [
        ("room:created", None, 1), ("peer:joined", ada.id, 2), ("peer:joined", bob.id, 3), ("peer:left", bob.id, 4),
        ("peer:left", ada.id, 5), ("room:closed", None, 6)]
    assert all(event["room"] == "team" and abs(event["at"] / 1000 - time.time()) < 60 for event in events)
    assert len({event["id"] for event in events}) == 6
    assert events[1]["data"] == {"role": "owner", "address": "127.0.0.1", "user": "ada", "name": "Ada"}
    assert events[3]["data"]["reason"] == "left"
    assert events[5]["data"]["joins"] == 2 and events[5]["data"]["durationMs"] >= 0
    for post in receiver.posts:
        assert post["signed"] and abs(post["stamp"] - time.time()) < 60
        assert post["path"] == "/events" and post["type"] == "application/json"
        run, told = post["body"]["run"], post["body"]["events"]
        assert run and all(event["id"].startswith(run) for event in told)
    assert "private" not in json.dumps(events)
    # The same name again is another room.
    ada = Bare(server)
    ada.join("team")
    assert short(receiver.wait(8)[6:]) == [("room:created", None, 1), ("peer:joined", ada.id, 2)]
    ada.leave()


def test_calls_and_how_long_they_took(telling, receiver):
    server = telling("--threads", 2)
    ada, bob = Bare(server, auth={"user": "ada"}), Bare(server, auth={"user": "bob"})
    answer = ada.ask("call", {"to": "bob"})
    assert bob.expect("call:incoming")["callId"] == answer["callId"]
    assert bob.ask("call:accept", {"callId": answer["callId"]})["ok"]
    ada.expect("call:accepted")
    time.sleep(0.3)
    assert ada.ask("call:end", {"callId": answer["callId"]})["ok"]
    missed = ada.ask("call", {"to": "nobody"})
    assert missed["status"] == "unreachable"
    events = receiver.wait(9)
    room = next(event["room"] for event in events if event["type"] == "call:started")
    assert short(event for event in events if event.get("room") == room) == [
        ("room:created", None, 1), ("call:started", ada.id, 2), ("peer:joined", ada.id, 3), ("peer:joined", bob.id, 4),
        ("peer:left", bob.id, 5), ("peer:left", ada.id, 6), ("call:ended", ada.id, 7), ("room:closed", None, 8)]
    calls = {event["type"]: event for event in events if event["type"].startswith("call:")}
    started, ended, lost = (calls[f"call:{kind}"]["data"] for kind in ("started", "ended", "missed"))
    assert started["callId"] == ended["callId"] == answer["callId"] and lost["callId"] == missed["callId"]
    assert "sequence" not in calls["call:missed"] and "room" not in calls["call:missed"]
    assert started["user"] == "ada" and started["calleeUser"] == "bob"
    assert 300 <= ended["durationMs"] < 60_000 and lost["reason"] == "unreachable"
    ada.leave()
    bob.leave()


def test_what_is_not_taken_is_told_again_in_order_and_with_pauses(telling, receiver):
    answers = iter([500, 503, 404])
    receiver.answer = lambda post: next(answers, 200)
    server = telling("--threads", 3)
    peers = []
    for number in range(40):
        peers.append(Bare(server))
        peers[-1].join(f"room-{number % 4}")
    events = receiver.wait(44)
    assert len(receiver.posts) >= 4 and all(post["signed"] for post in receiver.posts)
    first = receiver.posts[0]["body"]
    assert [post["body"] for post in receiver.posts[1:4]] == [first] * 3
    pauses = [b["at"] - a["at"] for a, b in zip(receiver.posts, receiver.posts[1:4])]
    # At least half of 1, 2 and 4 seconds.
    assert pauses[0] >= 0.5 and pauses[1] >= 1 and pauses[2] >= 2, pauses
    for number in range(4):
        told = [event for event in events if event["room"] == f"room-{number}"]
        assert [event["sequence"] for event in told] == list(range(1, 12))
        assert [event["peerId"] for event in told[1:]] == [peer.id for peer in peers[number::4]]
    found = metrics(server)
    assert found[("parley_webhook_posts_total", "failed")] == 3
    kinds = {"parley_webhook_events": "counter", "parley_webhook_posts": "counter", "parley_webhook_waiting": "gauge"}
    assert kinds.items() <= check(scrape(server)).items()
    settled(server, {("parley_webhook_events_total", "sent"): 44, ("parley_webhook_waiting", None): 0,
                     ("parley_webhook_events_total", "dropped"): 0})
    assert server.text().count("--event-webhook: events wait: it answered 500.") == 1
    assert server.text().count("--event-webhook: events are taken again.") == 1
    for peer in peers:
        peer.leave()


def test_what_waits_is_bounded_and_the_oldest_goes(telling, receiver):
    go_on = threading.Event()
    receiver.answer = lambda post: go_on.wait(60) and 200
    server = telling("--event-webhook-queue", 10)
    peers = [Bare(server) for _ in range(2)]
    peers[0].join("first")
    with receiver.news:
        assert receiver.news.wait_for(lambda: receiver.posts, PATIENCE)
    under_way = len(receiver.posts[0]["body"]["events"])
    for _ in range(10):
        peers[1].join("second")
        assert peers[1].ask("leave")["ok"]
    # Four for each time, and what the first post left of two.
    dropped = 40 + 2 - under_way - 10
    found = settled(server, {("parley_webhook_events_total", "dropped"): dropped})
    assert found[("parley_webhook_waiting", None)] == 10 + under_way
    go_on.set()
    events = receiver.wait(10 + under_way)
    assert short(events[under_way:])[-4:] == [
        ("room:created", None, 1), ("peer:joined", peers[1].id, 2), ("peer:left", peers[1].id, 3),
        ("room:closed", None, 4)]
    # The gap shows: the first event that is left does not begin its room.
    assert [event["sequence"] for event in events[under_way:]] == [3, 4, 1, 2, 3, 4, 1, 2, 3, 4]
    settled(server, {("parley_webhook_events_total", "sent"): 10 + under_way, ("parley_webhook_waiting", None): 0})
    for peer in peers:
        peer.leave()


def test_one_that_is_not_there_holds_nobody_up_and_is_told_when_it_is(telling, receiver):
    server = telling()
    port = receiver.http.server_port
    receiver.stop()
    ada = Bare(server)
    assert ada.join("team")["ok"]
    settled(server, {("parley_webhook_waiting", None): 2})
    back = Receiver(port)
    assert [event["type"] for event in back.wait(2)] == ["room:created", "peer:joined"]
    ada.leave()
    back.wait(4)
    back.stop()
    receiver.http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), http.server.BaseHTTPRequestHandler)
    threading.Thread(target=receiver.http.serve_forever, daemon=True).start()


def test_the_end_of_the_server_is_told(telling, receiver):
    server = telling()
    peer = Bare(server)
    peer.join("team")
    receiver.wait(2)
    server.process.terminate()
    events = receiver.wait(4)
    assert short(events)[2:] == [("peer:left", peer.id, 3), ("room:closed", None, 4)]
    assert events[2]["data"]["reason"] == "server_shutdown"
    assert server.process.wait(12) == 0
    server.start()  # the fixture stops a server that runs


@pytest.mark.parametrize("arguments, words", [
    (["--event-webhook", "https://x.example/"], "--event-webhook and --event-webhook-secret-file go together"),
    (["--event-webhook", "http://x.example/", "--event-webhook-secret-file", "SECRET"], "must begin with https://"),
    (["--event-webhook", "https://x.example/", "--event-webhook-secret-file", "SHORT"], "it needs 16 or more"),
    (["--event-webhook", "https://x.example/", "--event-webhook-secret-file", "SECRET", "--event-webhook-queue", "0"],
     "must be 1 to 100000 events"),
])
def test_what_cannot_be_is_said_at_the_start(tmp_path, arguments, words):
    (tmp_path / "secret").write_text(SECRET)
    (tmp_path / "short").write_text("short")
    places = {"SECRET": tmp_path / "secret", "SHORT": tmp_path / "short"}
    done = subprocess.run(
        [binary(), "serve", "--no-web", "--port", "0", *[str(places.get(word, word)) for word in arguments]],
        capture_output=True, text=True, timeout=20, check=False)
    assert done.returncode == 64 and words in done.stderr, done.stderr
