# SPDX-License-Identifier: Apache-2.0
"""The doctor is right about calls that fail for a reason that is known, since the test has made it."""

import json
import os
import pathlib
import time

import pytest

from chromium import mutual
from coturn import Coturn
from server import ROOT, Server

JUDGE = """async (id) => {
  const { judge } = await import(new URL("doctor/verdict.js", document.baseURI));
  const recording = window.parley.recording(id ?? [...window.parley.room.peers.keys()][0]);
  return recording ? { recording, codes: judge(recording).map(({ code }) => code) } : { codes: [] };
}"""

# Every candidate is kept to oneself or made one that is not asked for, before the page's own scripts run.
RELAY_ONLY = """(() => {
  const Real = RTCPeerConnection;
  window.RTCPeerConnection = class extends Real {
    constructor(config) { super({ ...config, iceTransportPolicy: "relay" }); }
  };
})();"""
# What a broken application does: the answer is thrown away where it should be applied.
REFUSE_ANSWERS = """(() => {
  const real = RTCPeerConnection.prototype.setRemoteDescription;
  RTCPeerConnection.prototype.setRemoteDescription = function (description) {
    if (description.type === "answer") return Promise.reject(new DOMException("Called in wrong state: stable", "InvalidStateError"));
    return real.call(this, description);
  };
})();"""


def diagnosis(visitor, code, within=60):
    """Waits until the doctor says so; keeps what was recorded where $RECORDINGS names a folder."""
    deadline = time.monotonic() + within
    while True:
        found = visitor.page.evaluate(JUDGE)
        if code in found["codes"]:
            break
        assert time.monotonic() < deadline, f"never {code}, but {found}"
        time.sleep(0.3)
    if folder := os.environ.get("RECORDINGS"):
        pathlib.Path(folder, f"{code}.json").write_text(json.dumps(found["recording"], indent=1) + "\n")
    return found["codes"]


def prepared(script):
    return lambda page: page.add_init_script(script)


@pytest.mark.timeout(180)
def test_a_call_that_stands_is_called_well(visit, room):
    ada, bob = visit(room, "Ada"), visit(room, "Bob")
    assert mutual(ada, bob)
    assert diagnosis(ada, "connected") == ["connected"]


@pytest.mark.timeout(180)
def test_no_turn_server(visit, room):
    ada = visit(room, "Ada", prepare=prepared(RELAY_ONLY))
    visit(room, "Bob", prepare=prepared(RELAY_ONLY))
    assert diagnosis(ada, "no_turn")[0] == "no_turn"
    ada.page.click("[data-peer-id] .tile-why")
    assert "no TURN server is configured" in ada.page.locator("#why-verdicts li").first.inner_text()


@pytest.mark.timeout(180)
def test_a_turn_server_with_another_secret(visit, room, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("what the server knows")
    turn = Coturn(tmp_path, "what the TURN server knows")
    try:
        server = Server.serve("--turn-url", f"turn:127.0.0.1:{turn.port}?transport=udp", "--turn-secret-file", secret, web=str(ROOT / "web"))
        try:
            ada = visit(room, "Ada", url=server.url, prepare=prepared(RELAY_ONLY))
            visit(room, "Bob", url=server.url, prepare=prepared(RELAY_ONLY))
            assert diagnosis(ada, "turn_denied")[0] == "turn_denied"
        finally:
            server.stop()
    finally:
        turn.stop()


@pytest.mark.timeout(180)
def test_an_answer_that_is_never_applied(visit, room):
    ada, bob = visit(room, "Ada", prepare=prepared(REFUSE_ANSWERS)), visit(room, "Bob", prepare=prepared(REFUSE_ANSWERS))
    bob.until("window.parley.room.peers.size === 1")
    assert diagnosis(ada, "description_failed")[0] == "description_failed"


@pytest.mark.timeout(180)
def test_the_way_to_the_server_is_lost(visit, room, proxied):
    proxy = proxied()
    ada = visit(room, "Ada", url=f"http://127.0.0.1:{proxy.port}")
    visit(room, "Bob")
    ada.until("window.parley.room.peers.size === 1")
    proxy.stop()
    assert "signaling_lost" in diagnosis(ada, "signaling_lost")
