# SPDX-License-Identifier: Apache-2.0
"""The same scenario with our browser client and with the official one, each served by parley, in Chromium."""

import contextlib
import pathlib
import socket
import subprocess
import sys
import time

import pytest

from server import ROOT, Server, free_port
from wire import fetch

SCENARIO = (pathlib.Path(__file__).parent / "scenario.js").read_text(encoding="utf-8")
EXPECTED = {
    "auth": [{"token": "abc"}], "idLength": 20, "event": [1, "2", {"3": [True, None, "é𝄞"]}],
    "ack": ["a", [1]], "promised": "b", "binary": [[1, 2, 3, 250], [1, 2, 3, 250]], "binaryAck": [1, 2, 3, 250],
    "large": 300_000, "inOrder": True, "timeout": "operation has timed out", "custom": [{"other": 1}],
    "sharesConnection": True, "customGone": True, "refusal": "Invalid namespace", "outlivesPings": True,
    "lost": "forced close", "isNew": True, "afterwards": "again", "left": "io client disconnect", "isOver": True}


@pytest.fixture(scope="session")
def official(official_folder):
    """A server that hands out the official client."""
    server = Server.serve("--client-dir", official_folder)
    yield server, "socket.io.min.js"
    server.stop()


@pytest.fixture(scope="session")
def ours():
    server = Server.serve(web=str(ROOT / "web"))
    yield server, "socket.io.js"
    server.stop()


@pytest.fixture(params=["ours", "official"])
def client(request):
    return request.getfixturevalue(request.param)


@pytest.fixture
def page(chromium):
    context = chromium.new_context()
    yield context.new_page()
    context.close()


def load(page, client):
    """Opens an empty page of the server and puts its client into it, the way an app would."""
    server, name = client
    page.goto(f"{server.url}/healthz")
    page.add_script_tag(url=f"/socket.io/{name}")


@pytest.mark.timeout(400)
@pytest.mark.parametrize("transports", [["polling"], ["websocket"], ["polling", "websocket"]], ids="-".join)
def test_the_scenario_plays_out(page, client, echo, transports):
    echo.ensure()
    load(page, client)
    seen = page.evaluate(SCENARIO, [f"http://127.0.0.1:{echo.ports[1]}", transports])
    assert seen.pop("first") == transports[0]
    assert seen.pop("transport") == transports[-1]
    assert seen == EXPECTED
    echo.check()


@contextlib.contextmanager
def foreign_server(patience):
    """The port of a server by others, which waits so many seconds for the answer to a ping."""
    port = free_port()
    process = subprocess.Popen([sys.executable, pathlib.Path(__file__).parent / "foreign.py", str(port), str(patience)])
    try:
        deadline = time.monotonic() + 20
        while socket.socket().connect_ex(("127.0.0.1", port)):
            assert process.poll() is None and time.monotonic() < deadline, "python-socketio did not start"
            time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture(scope="module")
def foreign():
    with foreign_server(2) as port:
        yield port


@pytest.mark.timeout(120)
@pytest.mark.parametrize("transports", [["polling"], ["websocket"], ["polling", "websocket"]], ids="-".join)
def test_our_client_works_with_a_server_by_others(page, ours, foreign, transports):
    load(page, ours)
    seen = page.evaluate(SCENARIO, [f"http://127.0.0.1:{foreign}", transports])
    assert seen.pop("first") == transports[0]
    assert seen.pop("transport") == transports[-1]
    # Its words for a namespace that it does not have are its own.
    assert seen.pop("refusal")
    assert seen == {name: value for name, value in EXPECTED.items() if name != "refusal"}


JOIN = """async () => {
  window.socket = io({ forceNew: true });
  window.heard = new Promise((resolve) => socket.on("message", (message, ack) => { ack({ ok: true }); resolve(message); }));
  await new Promise((resolve) => socket.once("welcome", resolve));
  return socket.emitWithAck("join", { room: "both clients" });
}"""


@pytest.mark.timeout(400)
def test_both_clients_meet_in_a_room(chromium, ours, official):
    """Both pages come from one server; the official client is put into the second one as text."""
    contexts = [chromium.new_context() for _ in range(2)]
    first, second = (context.new_page() for context in contexts)
    load(first, ours)
    second.goto(f"{ours[0].url}/healthz")
    second.add_script_tag(content=fetch(official[0].port, "GET", f"/socket.io/{official[1]}").text)
    assert first.evaluate(JOIN)["peers"] == []
    [other] = second.evaluate(JOIN)["peers"]
    receipt = second.evaluate("to => socket.emitWithAck('message', {to, data: 'hello'})", other["peerId"])
    assert receipt["status"] == "delivered"
    assert first.evaluate("heard")["data"] == "hello"
    for context in contexts:
        context.close()
