# SPDX-License-Identifier: Apache-2.0
"""Offers that meet, again and again; a mesh of four; pages that are killed."""

import time

import pytest
from playwright.sync_api import Error

from chromium import PATIENCE_MS, mutual

pytestmark = pytest.mark.timeout(400)
ROUNDS = 100

# Counts what the polite side has to take back. Whoever is about to offer hears of the other's offer only after its own is made.
PREPARE = """(id) => {
  const peer = window.parley.room.peers.get(id), {pc} = peer;
  const apply = pc.setRemoteDescription.bind(pc), receive = peer.receive.bind(peer);
  window.pair = {pc, collisions: 0, offered: undefined};
  pc.setRemoteDescription = (description) => {
    if (description.type === "offer" && pc.signalingState === "have-local-offer") window.pair.collisions++;
    return apply(description);
  };
  let before = Promise.resolve();
  peer.receive = (event, payload) => {
    before = before.then(() => payload.description?.type === "offer" && window.pair.offered);
    return before.then(() => receive(event, payload));
  };
}"""
EXPECT_OFFER = """() => {
  const {pc} = window.pair;
  window.pair.offered = new Promise((resolve) => {
    const look = () => pc.signalingState === "have-local-offer" && (pc.removeEventListener("signalingstatechange", look), resolve());
    pc.addEventListener("signalingstatechange", look);
  });
}"""
SETTLED = """() => window.pair.pc.signalingState === "stable" && window.pair.pc.connectionState === "connected" """
# Origins of the offer and the answer that hold here and there: one that was lost leaves the old ones.
ORIGINS = """() => [window.pair.pc.currentLocalDescription, window.pair.pc.currentRemoteDescription].map(
  (description) => /^o=\\S+ (\\S+ \\S+)/m.exec(description.sdp)[1])"""
RESTART = "window.pair.pc.restartIce()"
# Without a restart of ICE, which takes Firefox and Chromium many seconds at times, also where no offers meet.
TURN = """() => {
  const [one] = window.pair.pc.getTransceivers();
  one.direction = one.direction === "sendrecv" ? "sendonly" : "sendrecv";
}"""


def settle(ada, bob, before):
    """Waits until both are stable and connected, and speak of the same offer and answer, which is a new one."""
    deadline = time.monotonic() + PATIENCE_MS / 1000
    while True:
        mine, theirs = ada.page.evaluate(ORIGINS), bob.page.evaluate(ORIGINS)
        if mine == theirs[::-1] and mine != before and all(one.page.evaluate(SETTLED) for one in (ada, bob)):
            return mine
        assert time.monotonic() < deadline, (mine, theirs, before)
        time.sleep(0.02)


HEARD = """async () => {
  let packets = 0;
  for (const one of (await window.pair.pc.getStats()).values())
    if (one.type === "inbound-rtp" && one.kind === "audio") packets += one.packetsReceived;
  return packets;
}"""


def hear_on(visitor):
    """Waits for more sound."""
    visitor.until(f"({HEARD})().then((packets) => packets >= {visitor.page.evaluate(HEARD) + 20})")


@pytest.mark.parametrize("server, first, second, change", [
    ("site", "chromium", "chromium", RESTART), ("official_site", "chromium", "chromium", RESTART),
    ("site", "chromium", "firefox", TURN), ("site", "firefox", "chromium", TURN),
], ids=["ours", "official", "Chromium and Firefox", "Firefox and Chromium"])
def test_a_hundred_glares_end_in_one_call(visit, room, request, server, first, second, change):
    """Whoever comes second is the one that gives way."""
    url = request.getfixturevalue(server).url
    ada, bob = [visit(room, name, url=url, browser=request.getfixturevalue(browser)) for name, browser in (("Ada", first), ("Bob", second))]
    assert mutual(ada, bob)
    ada.page.evaluate(PREPARE, bob.id)
    bob.page.evaluate(PREPARE, ada.id)
    before = ada.page.evaluate(ORIGINS)
    for _ in range(ROUNDS):
        for script in EXPECT_OFFER, change:
            for one in ada, bob:
                one.page.evaluate(script)
        before = settle(ada, bob, before)
    assert [one.page.evaluate("window.pair.collisions") for one in (ada, bob)] == [0, ROUNDS]
    hear_on(ada), hear_on(bob)
    # Firefox at times takes in no more of the video that Chromium goes on sending.
    assert "firefox" in (first, second) or mutual(ada, bob)
    assert ada.problems == bob.problems == []


REFUSE_ONCE = """(id) => {
  const {pc} = window.parley.room.peers.get(id), apply = pc.setRemoteDescription.bind(pc);
  window.refused = 0;
  pc.setRemoteDescription = (description) => description.type === "answer" && window.refused++ === 0
    ? Promise.reject(new DOMException("refused by the test", "OperationError")) : apply(description);
  window.pair = {pc};
}"""


def test_an_answer_that_cannot_be_applied_is_asked_for_again(visit, room):
    ada, bob = visit(room, "Ada"), visit(room, "Bob")
    assert mutual(ada, bob)
    ada.page.evaluate(PREPARE, bob.id)
    bob.page.evaluate(PREPARE, ada.id)
    ada.page.evaluate(REFUSE_ONCE, bob.id)
    # The first of these meets the refusal; afterwards, as before, offers of both sides are applied.
    before = ada.page.evaluate(ORIGINS)
    for one in ada, bob, ada:
        one.page.evaluate(TURN)
        before = settle(ada, bob, before)
    assert ada.page.evaluate("window.refused") > 1
    assert mutual(ada, bob)


ADD = "window.pair.pc.addTransceiver('audio', {direction: 'inactive'})"


@pytest.mark.parametrize("offers_first", ["the polite one", "the other one"])
def test_an_offer_with_more_to_it_that_was_taken_back_is_made_by_the_other_side(visit, room, offers_first):
    """It comes under another name the second time, which a browser that has applied the first one refuses."""
    ada, bob = visit(room, "Ada"), visit(room, "Bob")
    assert mutual(ada, bob)
    one, other = (bob, ada) if offers_first == "the polite one" else (ada, bob)
    ada.page.evaluate(PREPARE, bob.id)
    bob.page.evaluate(PREPARE, ada.id)
    one.page.evaluate(REFUSE_ONCE, other.id)
    before = one.page.evaluate(ORIGINS)
    one.page.evaluate(ADD)
    one.until("window.refused > 0")
    settle(one, other, before)
    # Afterwards, as before, offers of both sides are applied.
    for each in one, other:
        before = one.page.evaluate(ORIGINS)
        each.page.evaluate(TURN)
        settle(one, other, before)
    assert mutual(ada, bob)


def test_four_pages_form_a_mesh(visit, room):
    visitors = [visit(room, name) for name in ("Ada", "Bob", "Cyd", "Dan")]
    assert mutual(*visitors)
    assert [visitor.tiles() for visitor in visitors] == [3, 3, 3, 3]


def test_a_page_that_is_killed_can_be_replaced(visit, room):
    ada, bob = visit(room, "Ada"), visit(room, "Bob")
    assert mutual(ada, bob)
    ada.note()
    # Without a word: no handler of the page runs.
    crash(bob)
    ada.until(f"window.seen.some((each) => each === 'peer:away {bob.id}' || each === 'peer:left {bob.id}')")
    cyd = visit(room, "Bob again")
    assert mutual(ada, cyd)


def crash(visitor):
    """Ends the process of a page."""
    with pytest.raises(Error):
        visitor.page.goto("chrome://crash", timeout=5_000)
