# SPDX-License-Identifier: Apache-2.0
"""Who may connect, as a server of the operator's says: a real HTTP server that checks what it is asked."""

import collections
import concurrent.futures
import hashlib
import hmac
import http.server
import json
import socket
import subprocess
import threading
import time

import pytest

from peers import Bare, refused
from server import binary
from sessions import SOCKET, Direct
from wire import fetch

SECRET = "a-secret-of-the-webhook"


class Webhook:
    """Answers with `(status, body)` or what `answer` returns for a question; keeps the questions."""

    def __init__(self, context=None):
        outer = self
        self.answer, self.questions, self.most, self.now = (200, {"user": "ada"}), [], 0, 0
        self.lock, self.connections, self.hangs_up = threading.Lock(), 0, False
        self.lines, self.scheme = [], "https" if context else "http"

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self):
                super().setup()
                with outer.lock:
                    outer.connections += 1
                    outer.lines.append(self.connection)

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                stamp, code = (part.split("=", 1)[1] for part in self.headers["X-Parley-Signature"].split(","))
                right = hmac.new(SECRET.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
                assert hmac.compare_digest(right, code) and abs(time.time() - int(stamp)) < 60
                assert self.headers["Content-Type"] == "application/json"
                with outer.lock:
                    outer.questions.append(json.loads(body))
                    outer.now += 1
                    outer.most = max(outer.most, outer.now)
                answer = outer.answer(outer.questions[-1]) if callable(outer.answer) else outer.answer
                with outer.lock:
                    outer.now -= 1
                status, body = answer[:2]
                body = body if isinstance(body, bytes) else json.dumps(body).encode()
                try:
                    self.send_response(status)
                    for name, value in (answer[2] if len(answer) > 2 else {}).items():
                        self.send_header(name, value)
                    self.send_header("Content-Length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)
                    # Without having said so.
                    self.close_connection = self.close_connection or outer.hangs_up
                except OSError:
                    pass  # who asked has gone

            def log_message(self, *arguments):
                pass

        class Http(http.server.ThreadingHTTPServer):
            request_queue_size = 300

            def finish_request(self, request, address):
                if context is None:
                    return super().finish_request(request, address)
                try:
                    with context.wrap_socket(request, server_side=True) as line:
                        super().finish_request(line, address)
                except OSError:
                    pass  # a client that does not trust it

        self.http = Http(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    def stop(self):
        self.http.shutdown()
        for line in self.lines:
            try:
                line.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass  # it has ended before
        self.http.server_close()

    @property
    def url(self):
        return f"{self.scheme}://127.0.0.1:{self.http.server_port}/connect"


@pytest.fixture
def webhook():
    server = Webhook()
    yield server
    server.stop()


@pytest.fixture
def guarded(parley, webhook, tmp_path):
    path = tmp_path / "secret"
    path.write_text(SECRET)
    return lambda *flags: parley("--auth-webhook", webhook.url, "--auth-webhook-secret-file", path, *flags)


def refusal(server, **auth):
    session = Direct(server.port, SOCKET)
    session.socket.settimeout(15)
    session.say("40" + json.dumps(auth))
    packet = session.hear()
    session.close()
    assert packet.startswith("44{"), packet
    return json.loads(packet[2:])["data"]


def test_it_is_asked_what_matters_and_its_answer_grants(guarded, webhook):
    webhook.answer = (200, {"user": "ada", "name": "Ada", "rooms": ["a*"], "grants": ["moderate"], "create": True})
    server = guarded()
    peer = Bare(server, auth={"token": "t", "name": "Eve", "pid": "x" * 20, "offset": "1"})
    assert webhook.questions == [
        {"event": "connect", "address": "127.0.0.1", "auth": {"token": "t", "name": "Eve"}, "token": "t"}]
    assert peer.welcome["user"] == "ada" and peer.join("abc")["self"]["name"] == "Ada"
    refused(peer.ask("join", {"room": "b"}), "forbidden", "room")


@pytest.mark.parametrize("answer, data", [
    ((401, {}), {"code": "auth_invalid", "retryable": False}),
    ((403, {}), {"code": "forbidden", "retryable": False}),
    ((429, {}, {"Retry-After": "7"}), {"code": "rate_limited", "retryable": True, "retryAfterMs": 7_000}),
    ((500, {}), None), ((200, b"nonsense"), None), ((200, b""), None), ((200, {"rooms": "all"}), None),
    ((302, b"", {"Location": "/elsewhere"}), None), ((200, b"{" + b" " * 200_000 + b"}"), None),
])
def test_every_other_answer_lets_nobody_in(guarded, webhook, answer, data):
    webhook.answer = answer
    unsure = {"code": "server_full", "retryable": True, "retryAfterMs": 2_000}
    assert refusal(guarded(), token="t") == (data or unsure)
    assert len(webhook.questions) == 1


def test_without_a_token_it_is_asked_all_the_same(guarded, webhook):
    server = guarded()
    assert Bare(server, auth={"name": "guest"}).welcome["user"] == "ada"
    webhook.answer = (401, {})
    assert refusal(server, name="guest")["code"] == "auth_required"


@pytest.mark.timeout(60)
def test_one_that_hangs_or_is_gone_is_said_once(guarded, webhook):
    server = guarded("--auth-webhook-timeout", 300)
    webhook.answer = lambda question: time.sleep(3) or (200, {})
    begun = time.monotonic()
    for _ in range(3):
        assert refusal(server, token="slow")["code"] == "server_full"
    assert time.monotonic() - begun < 20
    assert said(server, "nobody can be let in", 1)
    webhook.answer = (200, {"user": "ada"})
    assert Bare(server, auth={"token": "t"}).welcome["user"] == "ada"
    assert said(server, "answers again", 1)
    webhook.stop()
    assert refusal(server, token="gone")["code"] == "server_full"
    assert said(server, "nobody can be let in", 2) and "slow" not in server.output()
    webhook.http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), http.server.BaseHTTPRequestHandler)
    threading.Thread(target=webhook.http.serve_forever, daemon=True).start()


def said(server, words, times):
    """Whether the server has said this so often; it writes its log a little later."""
    deadline = time.monotonic() + 5
    while server.output().count(words) < times and time.monotonic() < deadline:
        time.sleep(0.02)
    return server.output().count(words) == times


def test_answers_are_kept_as_long_as_they_say(guarded, webhook):
    server = guarded()
    for _ in range(3):
        Bare(server, auth={"token": "t"})
    assert len(webhook.questions) == 3
    webhook.answer = (200, {"user": "bob", "cacheSeconds": 600})
    for _ in range(3):
        assert Bare(server, auth={"token": "kept"}).welcome["user"] == "bob"
    assert len(webhook.questions) == 4
    assert Bare(server, auth={"token": "another"}).welcome["user"] == "bob" and len(webhook.questions) == 5


def test_attempts_that_are_the_same_share_a_call(guarded, webhook):
    webhook.answer = lambda question: time.sleep(1) or (200, {"user": "ada"})
    server = guarded()
    with concurrent.futures.ThreadPoolExecutor(10) as pool:
        peers = list(pool.map(lambda _: Bare(server, auth={"token": "t"}), range(10)))
    assert all(peer.welcome["user"] == "ada" for peer in peers) and len(webhook.questions) == 1


def test_a_connection_is_used_again(guarded, webhook):
    server = guarded()
    for number in range(5):
        assert Bare(server, auth={"token": f"t{number}"}).welcome["user"] == "ada"
    assert len(webhook.questions) == 5 and webhook.connections == 1


def test_a_connection_that_it_has_closed_is_made_again(guarded, webhook):
    webhook.hangs_up = True
    server = guarded()
    for number in range(10):
        assert Bare(server, auth={"token": f"t{number}"}).welcome["user"] == "ada"
    assert len(webhook.questions) == 10 and "nobody can be let in" not in server.output()


@pytest.mark.timeout(120)
def test_a_flood_is_bounded_and_the_rest_told_to_wait(guarded, webhook):
    go_on = threading.Event()
    webhook.answer = lambda question: go_on.wait(60) and (200, {"user": "ada"})
    server = guarded("--connect-timeout", 90_000, "--auth-webhook-timeout", 60_000)
    sessions = [Direct(server.port, SOCKET) for _ in range(400)]
    for number, session in enumerate(sessions):
        session.socket.settimeout(60)
        session.say("40" + json.dumps({"token": f"t{number}"}))
    deadline = time.monotonic() + 30
    while counted(server, "rate_limited") < 112:
        assert time.monotonic() < deadline, "the rest is not told to wait"
        time.sleep(0.1)
    while webhook.now < 32:
        assert time.monotonic() < deadline, f"only {webhook.now} calls at a time"
        time.sleep(0.1)
    go_on.set()
    codes = collections.Counter(
        "in" if (packet := session.hear()).startswith("40") else json.loads(packet[2:])["data"]["code"]
        for session in sessions)
    assert codes == {"in": 288, "rate_limited": 112} and webhook.most == 32


def counted(server, code):
    """How many connects the server has refused with a code."""
    line = f'parley_request_failures_total{{code="{code}"}} '
    found = [text for text in fetch(server.port, "GET", "/metrics").text.splitlines() if text.startswith(line)]
    return int(found[0].split()[1]) if found else 0


@pytest.mark.parametrize("arguments, words", [
    (["--auth-webhook", "https://x.example/"], "--auth-webhook and --auth-webhook-secret-file go together"),
    (["--auth-webhook", "http://x.example/", "--auth-webhook-secret-file", "SECRET"], "must begin with https://"),
    (["--auth-webhook", "https://x.example/", "--auth-webhook-secret-file", "SHORT"], "it needs 16 or more"),
    (["--auth-webhook", "https://x.example/", "--auth-webhook-secret-file", "SECRET", "--jwks", "k"], "choose one"),
])
def test_what_cannot_be_is_said_at_the_start(tmp_path, arguments, words):
    (tmp_path / "secret").write_text(SECRET)
    (tmp_path / "short").write_text("short")
    places = {"SECRET": tmp_path / "secret", "SHORT": tmp_path / "short"}
    done = subprocess.run(
        [binary(), "serve", "--no-web", "--port", "0", *[str(places.get(word, word)) for word in arguments]],
        capture_output=True, text=True, timeout=20, check=False)
    assert done.returncode == 64 and words in done.stderr, done.stderr
