# SPDX-License-Identifier: Apache-2.0
"""What else apps know of a Socket.IO client, beside the scenario: our client and the official one must not differ."""

import pathlib
import time

import pytest

import tokens
from server import ROOT, Server
from test_clients import client, load, official, ours, page  # noqa: F401 (fixtures)

MANNERS = (pathlib.Path(__file__).parent / "manners.js").read_text(encoding="utf-8")
RESERVED = ["connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"]
pytestmark = pytest.mark.timeout(400)


def nobody(words):
    """What is told of a server that is not there, with two attempts to come back."""
    failed = [["error", words], ["connect_error", words, "TransportError", None]]
    return [[*failed, ["reconnect_attempt", 1], *failed, ["reconnect_error", words], ["reconnect_attempt", 2], *failed,
             ["reconnect_failed", None], ["reconnect_error", words]], True, False]


def expected(transports):
    return {
        "names": [f'"{name}" is a reserved event name' for name in RESERVED],
        "offline": [[1, False, False, True, False, None], True, ["kept", "in connect"], True, True],
        "acks": [1, "operation has timed out", [[None, 1, "2"], [None], "first"], "socket has been disconnected",
                 "socket has been disconnected", False],
        "binary": [[1, 2, 250], [1, 2, 250], None, [1, 2, 250], "between", [1, 2, 250], [2, 250], {"of": 1}],
        "values": [None, None, "1970-01-01T00:00:00.000Z", {}, "\u2028", {"é": 0}, [[]]],
        "retries": [[[0], "operation has timed out", [2]],
                    [["message-with-ack", 0], ["nobody answers", 1], ["nobody answers", 1], ["message-with-ack", 2]]],
        "taps": [[["second", "message", "x", 1], ["first", "message", "x", 1], ["second", "message-back", "x", 1],
                  ["first", "message-back", "x", 1], ["first", "message", "y"], ["second", "message-back", "y"]], [2, 2, 1, 1, 0, 0]],
        "listeners": [2, True, False, 1, False, 0],
        "auth": [[{"count": 1}], [{"count": 2}]],
        "sharing": ["/custom", True, False, False, False, ["/", "/custom"]],
        "manager": [[True, 7, 1000, 5000, 0.5, 20000], True, [False, 7, 10, 5000, 0.5, 500], "open", [{"of": "it"}], True, True,
                    True, "/socket.io"],
        "options": [True, True, True if transports[-1] == "websocket" else "polling"],
        "endsAll": [["forced close", "forced close"], False, False],
        "comesBack": [["disconnect", "forced close", None], ["close", "forced close", None], ["reconnect_attempt", 1], ["open"],
                      ["reconnect", 1], ["connect"]],
        "isNeverThere": nobody("xhr poll error" if transports[0] == "polling" else "websocket error"),
        "stops": [[1], False, False],
        "refused": [True, "string", None, False, False, True],
        "guarded": ["auth_invalid", False, False, "ada", "ada", "ada", "ada"],
        "engine": [["message string", "open string", "ping undefined"], ["message string", "pong undefined"], True,
                   ["string", True, False], transports[-1], "forced close", "closed"],
    }


@pytest.fixture(scope="module")
def guarded(tmp_path_factory):
    """A server that wants tokens."""
    secret = tmp_path_factory.mktemp("tokens") / "secret"
    secret.write_text(tokens.SECRET)
    server = Server.serve("--token-secret-file", secret, "--max-auth-failures", 1_000, "--origin", "*")
    yield server
    server.stop()


TRANSPORTS = pytest.mark.parametrize("transports", [["polling"], ["websocket"], ["polling", "websocket"]], ids="-".join)


@TRANSPORTS
def test_both_clients_have_the_same_manners(page, client, echo, guarded, transports):  # noqa: F811
    wanted = expected(transports)
    load(page, client)
    seen = page.evaluate(MANNERS, [f"http://127.0.0.1:{echo.ports[1]}", transports, guarded.url, tokens.token()])
    assert seen.keys() == wanted.keys()
    assert not {name: seen[name] for name in seen if seen[name] != wanted[name]}
    echo.check(), guarded.check()


STAY = """([url, transports]) => {
  window.log = [];
  const socket = io(url, {transports, forceNew: true, reconnectionDelay: 100, reconnectionDelayMax: 200});
  for (const name of ["connect", "disconnect"]) socket.on(name, (reason) => log.push([name, reason ?? null, socket.recovered === true, socket.active]));
}"""


def until(condition, within=30):
    deadline = time.monotonic() + within
    while not condition():
        assert time.monotonic() < deadline, "it never came about"
        time.sleep(0.05)


@TRANSPORTS
def test_a_server_that_comes_back_is_found_again(page, client, transports):  # noqa: F811
    server = Server.serve("--origin", "*", web=str(ROOT / "web"))
    load(page, client)
    page.evaluate(STAY, [server.url, transports])
    until(lambda: len(page.evaluate("log")) == 1)
    server.stop()
    until(lambda: len(page.evaluate("log")) == 2)
    server.start()
    until(lambda: len(page.evaluate("log")) == 3)
    first, lost, last = page.evaluate("log")
    assert first == last == ["connect", None, False, True]
    # Whoever polls may find nobody there before the last answer has come.
    assert lost[0] == "disconnect" and lost[2:] == [False, True]
    assert lost[1] in ["transport close", *(["transport error"] if transports == ["polling"] else [])]
    server.stop()
