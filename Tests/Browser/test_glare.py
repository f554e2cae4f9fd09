# SPDX-License-Identifier: Apache-2.0
"""Offers that meet, again and again; a mesh of four; pages that are killed."""

import time

import pytest
from playwright.sync_api import Error

from chromium import PATIENCE_MS, mutual

pytestmark = pytest.mark.timeout(240)
ROUNDS = 100

# Counts what the polite side has to take back, and lets both sides offer when it is told to.
PREPARE = """(id) => {
  const {pc} = window.parley.room.peers.get(id), apply = pc.setRemoteDescription.bind(pc);
  window.pair = {pc, collisions: 0, rounds: 0};
  pc.setRemoteDescription = (description) => {
    if (description.type === "offer" && pc.signalingState === "have-local-offer") window.pair.collisions++;
    return apply(description);
  };
}"""
# On a clock that both pages share, so that no offer is under way when the other one is made.
OFFER_AT = """(at) => new Promise((done) => {
  const wait = () => Date.now() < at ? setTimeout(wait, Math.max(0, at - Date.now() - 2)) : done(window.pair.pc.restartIce());
  wait();
})"""
SETTLED = """() => window.pair.pc.signalingState === "stable"
  && ["connected", "completed"].includes(window.pair.pc.iceConnectionState)"""
# Ufrag of the offer or answer that holds here and there: a restart that was lost leaves the old one.
UFRAGS = """() => [window.pair.pc.localDescription, window.pair.pc.remoteDescription].map(
  (description) => /a=ice-ufrag:(.*)/.exec(description.sdp)[1].trim())"""


def settle(ada, bob, before):
    """Waits until both are stable and connected, and speak of the same offer and answer, which is a new one."""
    deadline = time.monotonic() + PATIENCE_MS / 1000
    while True:
        mine, theirs = ada.page.evaluate(UFRAGS), bob.page.evaluate(UFRAGS)
        if mine == theirs[::-1] and not set(mine) & set(before) and all(one.page.evaluate(SETTLED) for one in (ada, bob)):
            return mine
        assert time.monotonic() < deadline, (mine, theirs, before)
        time.sleep(0.02)


@pytest.fixture(params=["ours", "official"])
def server(request, site):
    return site if request.param == "ours" else request.getfixturevalue("official_site")


def test_a_hundred_glares_end_in_one_call(visit, server, room):
    ada, bob = visit(room, "Ada", url=server.url), visit(room, "Bob", url=server.url)
    assert mutual(ada, bob)
    ada.page.evaluate(PREPARE, bob.id)
    bob.page.evaluate(PREPARE, ada.id)
    before = ada.page.evaluate(UFRAGS)
    for _ in range(ROUNDS):
        at = ada.page.evaluate("Date.now() + 40")
        for one in ada, bob:
            one.page.evaluate(f"void ({OFFER_AT})({at})")
        ada.page.evaluate(OFFER_AT.replace("window.pair.pc.restartIce()", "undefined"), at + 5)
        before = settle(ada, bob, before)
    collisions = sum(one.page.evaluate("window.pair.collisions") for one in (ada, bob))
    assert collisions >= ROUNDS // 3, f"only {collisions} offers met"
    assert mutual(ada, bob)
    assert ada.problems == bob.problems == []


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
