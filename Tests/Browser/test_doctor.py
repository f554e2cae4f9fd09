# SPDX-License-Identifier: Apache-2.0
"""The doctor is right about calls that fail for a reason that is known, since the test has made it."""

import json
import os
import pathlib
import re
import time

import jwt
import pytest

from chromium import FLAGS, Visitor, launch, mutual
from coturn import Coturn
from server import ROOT, Server, free_port

JUDGE = """async (id) => {
  const { judge } = await import(new URL("doctor/verdict.js", document.baseURI));
  const recording = window.parley?.recording(id ?? [...window.parley.room.peers.keys()][0]);
  const verdicts = recording ? judge(recording) : [];
  return { recording, verdicts, codes: verdicts.map(({ code }) => code) };
}"""

# As behind a firewall that lets nothing through but a relay.
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


def written(recording):
    """A recording as it is kept in Tests/Web/recordings: a line for each fact, and nothing that is empty."""
    def plain(value):
        if isinstance(value, dict):
            return {key: plain(one) for key, one in value.items() if one is not None}
        return [plain(one) for one in value] if isinstance(value, list) else value

    def member(key, value, depth):
        gap = "  " * depth
        if key == "theirs":
            return f'{gap}"{key}": {{\n' + ",\n".join(member(*one, depth + 1) for one in value.items()) + f"\n{gap}}}"
        if key == "facts" and value:
            return f'{gap}"{key}": [\n' + ",\n".join(f"{gap}  {json.dumps(fact)}" for fact in value) + f"\n{gap}]"
        return f'{gap}"{key}": {json.dumps(value)}'

    return "{\n" + ",\n".join(member(*one, 1) for one in plain(recording).items()) + "\n}\n"


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
        pathlib.Path(folder, f"{code}.json").write_text(written(found["recording"]))
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
    ada.page.click("#why-dialog summary")
    there = ada.page.locator("#why-facts li[data-side=there]")
    there.first.wait_for()
    said = "\n".join(there.all_inner_texts())
    assert "offer applied by the other page" in said and "all candidates are found" in said, said
    assert ada.page.locator("#why-silent").is_hidden()
    assert "They found: none." in ada.page.locator("#why-verdicts li").first.inner_text()


# What a peer of another make, or a hostile one, may send under the same name.
GARBAGE = """(to) => {
  const {session} = window.parley, facts = Array(2000).fill({at: 1, what: "problem", message: "<img src=x onerror=alert(1)>".repeat(9)});
  for (const data of [null, 7, [], {doctor: 1}, {doctor: 1, elapsedMs: -1, facts}, {doctor: 1, elapsedMs: 5, facts: "x"}])
    session.socket.emit("signal", {to, data});
  setTimeout(() => session.socket.emit("signal", {to, data: {doctor: 1, elapsedMs: 1e6, facts}}), 500);
}"""


@pytest.mark.timeout(180)
def test_what_the_other_side_says_of_itself_is_not_believed_to_be_harmless(visit, room):
    ada, bob = visit(room, "Ada"), visit(room, "Bob")
    assert mutual(ada, bob)
    bob.page.evaluate("(id) => { window.parley.room.peers.get(id).signal = () => {}; }", ada.id)
    bob.page.evaluate(GARBAGE, ada.id)
    # The last of it is well-formed, and read as far as it may go.
    ada.until(f"window.parley.recording('{bob.id}').theirs?.facts.every(({{what, message}}) => what === 'problem' && message.length === 160)")
    assert len(ada.page.evaluate("(id) => window.parley.recording(id).theirs.facts", bob.id)) == 48
    assert "<img" in ada.page.evaluate("(id) => window.parley.recording(id).theirs.facts[0].message", bob.id)
    assert mutual(ada, bob) and not ada.problems


@pytest.mark.timeout(180)
def test_both_sides_of_a_call_that_stands_are_recorded(visit, room):
    ada, bob = visit(room, "Ada"), visit(room, "Bob")
    for one, other in (ada, bob), (bob, ada):
        one.until(f"window.parley.recording('{other.id}').theirs?.facts.some(({{what, state}}) => what === 'connection' && state === 'connected')")
        found = one.page.evaluate(JUDGE, other.id)["recording"]
        assert [fact for fact in found["facts"] if fact["what"] == "path"] and [fact for fact in found["theirs"]["facts"] if fact["what"] == "path"]


@pytest.fixture
def relayed(visit, room, tmp_path):
    """Has two in a call by relays alone, on a server that shares a secret with this TURN server. Gives the first of them."""
    servers = []

    def enter(secret, url):
        file = tmp_path / "secret"
        file.write_text(secret)
        servers.append(Server.serve("--turn-url", url, "--turn-secret-file", file, web=str(ROOT / "web")))
        ada, _ = [visit(room, name, url=servers[-1].url, prepare=prepared(RELAY_ONLY)) for name in ("Ada", "Bob")]
        return ada

    yield enter
    for server in servers:
        server.stop()


@pytest.mark.timeout(180)
def test_a_turn_server_with_another_secret(relayed, tmp_path):
    turn = Coturn(tmp_path, "what the TURN server knows")
    try:
        ada = relayed("what the server knows", f"turn:127.0.0.1:{turn.port}?transport=udp")
        assert diagnosis(ada, "turn_denied")[0] == "turn_denied"
    finally:
        turn.stop()


@pytest.mark.timeout(180)
def test_the_way_to_the_server_is_lost(visit, room, proxied):
    proxy = proxied()
    ada = visit(room, "Ada", url=f"http://127.0.0.1:{proxy.port}")
    visit(room, "Bob")
    ada.until("window.parley.room.peers.size === 1")
    proxy.stop()
    assert "signaling_lost" in diagnosis(ada, "signaling_lost")


@pytest.mark.timeout(180)
def test_a_turn_server_that_is_not_there(relayed):
    ada = relayed("a secret", f"turn:127.0.0.1:{free_port()}?transport=tcp")
    assert diagnosis(ada, "ice_server_unreachable")[0] == "ice_server_unreachable"


@pytest.mark.timeout(180)
def test_the_camera_is_denied(playwright, site, room):
    """By the browser itself, as by somebody who says no."""
    browser = launch(playwright, [flag for flag in FLAGS if flag != "--use-fake-ui-for-media-stream"] + ["--deny-permission-prompts"])
    try:
        ada = Visitor(browser, site.url, room, "Ada")
        assert "microphone_denied" in diagnosis(ada, "camera_denied")
    finally:
        browser.close()


@pytest.mark.timeout(180)
def test_the_peer_is_frozen(visit, room):
    """Its page computes, and looks at nothing meanwhile."""
    bob = visit(room, "Bob", "websocket")
    bob.page.evaluate("setTimeout(() => { for (const end = Date.now() + 45_000; Date.now() < end;); })")
    ada = visit(room, "Ada", "websocket")
    assert diagnosis(ada, "peer_frozen")[0] == "peer_frozen"


@pytest.mark.timeout(180)
def test_the_password_is_wrong(visit, room):
    ada = visit(room, "Ada")
    ada.page.evaluate("window.parley.room.updateRoom({password: 'open sesame'})")
    bob = visit(room, "Bob", arrives=False)
    bob.page.fill("#password", "open barley")
    bob.page.click("#password-form .primary")
    bob.until("document.querySelector('#password-problem').textContent !== ''")
    bob.page.click("#password-form [data-close]")
    assert diagnosis(bob, "room_password")[0] == "room_password"


@pytest.mark.timeout(180)
def test_the_token_has_expired(visit, room, tmp_path):
    """A page keeps a token that was good; the server shows it the door, and does not let it in again."""
    secret = tmp_path / "secret"
    secret.write_text("a secret of thirty-two bytes, or more")
    server = Server.serve("--token-secret-file", secret, web=str(ROOT / "web"))
    try:
        token = jwt.encode({"sub": "ada", "exp": int(time.time()) + 20}, secret.read_text(), algorithm="HS256")
        ada = visit(room, "Ada", url=server.url, fragment=f"token={token}")
        assert diagnosis(ada, "auth_expired")[0] == "auth_expired"
        late = visit(room, "Ada", url=server.url, fragment=f"token={token}", arrives=False)
        assert diagnosis(late, "auth_expired")[0] == "auth_expired"
    finally:
        server.stop()


@pytest.mark.timeout(180)
def test_the_checks_before_a_call_name_the_turn_server_that_refuses(chromium, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("what the server knows")
    turn = Coturn(tmp_path, "what the TURN server knows")
    try:
        server = Server.serve("--turn-url", f"turn:127.0.0.1:{turn.port}?transport=udp", "--turn-secret-file", secret, web=str(ROOT / "web"))
        context = chromium.new_context()
        try:
            page = context.new_page()
            page.goto(f"{server.url.replace('127.0.0.1', 'localhost')}/doctor/")
            page.click("#start")
            page.wait_for_selector("#copy:visible", timeout=60_000)
            results = page.locator("#results li")
            found = [(one.get_attribute("data-result"), one.inner_text()) for one in results.all()]
            assert [result for result, _ in found] == ["good"] * 6 + ["bad", "good"], found
            assert "401" in found[-2][1]
            assert re.search(r"applied after \d+ ms, and data came back after \d+ ms, from an address of its own to an address", found[-1][1]), found
            if folder := os.environ.get("RECORDINGS"):
                page.screenshot(path=f"{folder}/page.png", full_page=True)
        finally:
            context.close()
            server.stop()
    finally:
        turn.stop()


@pytest.mark.timeout(120)
@pytest.mark.parametrize("prepare, words", [
    # Whichever side is heard first.
    (REFUSE_ANSWERS, "answer was delivered and never applied: InvalidStateError|answer of the other side cannot be applied here: InvalidStateError"),
    (RELAY_ONLY, "no TURN server is configured"),
])
def test_the_call_of_a_page_with_itself_says_where_it_fails(chromium, site, prepare, words):
    context = chromium.new_context()
    try:
        page = context.new_page()
        page.add_init_script(prepare)
        page.goto(f"{site.url.replace('127.0.0.1', 'localhost')}/doctor/")
        page.click("#start")
        page.wait_for_selector("#copy:visible", timeout=90_000)
        last = page.locator("#results li").last
        assert last.get_attribute("data-result") == "bad"
        assert re.search(words, last.inner_text()), last.inner_text()
    finally:
        context.close()
