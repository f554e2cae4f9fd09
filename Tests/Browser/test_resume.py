# SPDX-License-Identifier: Apache-2.0
"""Calls that outlive their signaling: dropped and silent connections, renegotiation afterwards, reloads."""

import time

import pytest

from chromium import mutual

pytestmark = pytest.mark.timeout(150)

KEEP_PC = "(id) => { window.pc = window.parley.room.peers.get(id).pc; }"
SAME_PC = "(id) => window.parley.room.peers.get(id)?.pc === window.pc"
KEEP_RECEIPTS = """(id) => {
  window.kept = [];
  window.parley.room.peers.get(id).on("receipt", ({type, state}) => window.kept.push(`${type} ${state}`));
}"""
# One more transceiver makes a new offer necessary.
RENEGOTIATE = """async (id) => {
  const peer = window.parley.room.peers.get(id);
  window.receipts = [];
  peer.on("receipt", ({type, state}) => window.receipts.push(`${type} ${state}`));
  peer.pc.addTransceiver("audio", {direction: "recvonly"});
}"""


def renegotiates(one, other):
    """Whether an offer from one reaches the other, is applied there, and is answered."""
    one.page.evaluate(RENEGOTIATE, other.id)
    one.until("window.receipts.includes('offer applied')")
    one.until(f"window.parley.room.peers.get('{other.id}').pc.signalingState === 'stable'")
    return one.page.evaluate("window.receipts") == ["offer sent", "offer applied"]


@pytest.fixture(params=["ours", "official"])
def server(request, site):
    """The page with our client and with the official one."""
    return site if request.param == "ours" else request.getfixturevalue("official_site")


@pytest.mark.parametrize("transports", ["websocket", "polling"])
def test_a_call_survives_the_loss_of_both_lines(visit, room, proxied, server, transports):
    proxy = proxied(server)
    ada, bob = (visit(room, name, transports, url=proxy.url) for name in ("Ada", "Bob"))
    assert mutual(ada, bob)
    for one, other in ((ada, bob), (bob, ada)):
        one.note()
        one.page.evaluate(KEEP_PC, other.id)
    proxy.refuse()
    for one in (ada, bob):
        one.until("window.parley.state().session === 'reconnecting'")
        assert one.page.locator("#banner").is_visible()
    assert mutual(ada, bob), "media stopped with the signaling"
    proxy.admit()
    for one, other in ((ada, bob), (bob, ada)):
        one.until("window.seen.includes('resumed')")
        assert one.page.evaluate("window.parley.state().peerId") == one.id
        assert one.page.evaluate(SAME_PC, other.id)
    assert renegotiates(ada, bob) and renegotiates(bob, ada)
    assert mutual(ada, bob)
    for one in (ada, bob):
        assert not one.page.locator("#banner").is_visible()
        assert not [line for line in one.seen() if line == "new" or "left" in line or "joined" in line]
    assert ada.problems == bob.problems == []


def test_a_page_notices_a_network_that_went_silent(visit, room, proxied):
    """As after a change of networks: no FIN, no RST, and the browser says only that there is a network."""
    proxy = proxied()
    ada, bob = visit(room, "Ada", url=proxy.url), visit(room, "Bob")
    assert mutual(ada, bob)
    ada.note(), bob.note()
    ada.page.evaluate(KEEP_PC, bob.id)
    for one, other in ((ada, bob), (bob, ada)):
        one.page.evaluate(KEEP_RECEIPTS, other.id)
    proxy.silence()
    ada.page.evaluate("window.dispatchEvent(new Event('online'))")
    ada.until("window.seen.includes('resumed')", within=10)
    assert ada.page.evaluate(SAME_PC, bob.id)
    # The restart of ICE that the new network called for: two offers at once would be another test.
    bob.until("window.kept.includes('answer applied')")
    assert renegotiates(bob, ada) and renegotiates(ada, bob)
    assert bob.seen() == [], "the old connection still held when the new one came"
    assert mutual(ada, bob)


def test_a_page_that_lost_its_line_is_shown_as_away_and_gets_what_it_missed(visit, room, proxied):
    proxy = proxied()
    ada, bob = visit(room, "Ada"), visit(room, "Bob", url=proxy.url)
    assert mutual(ada, bob)
    ada.note()
    proxy.refuse()
    ada.until(f"window.seen.includes('peer:away {bob.id}')")
    tile = ada.tile(bob)
    assert tile.get_attribute("data-presence") == "away"
    assert tile.locator(".tile-status").inner_text() == "Reconnecting…"
    assert ada.sees(bob), "the picture of somebody away is kept"
    ada.page.evaluate(RENEGOTIATE, bob.id)
    ada.until("window.receipts.includes('offer queued')")
    assert tile.get_attribute("data-receipt") == "queued"
    assert tile.locator(".tile-receipt").inner_text() == "Offer queued until they are back"
    proxy.admit()
    ada.until("window.receipts.includes('offer applied')")
    assert tile.get_attribute("data-presence") == "here"
    assert ada.seen() == [f"peer:away {bob.id}", f"peer:back {bob.id}"]
    assert mutual(ada, bob)


@pytest.mark.parametrize("says_goodbye", [True, False], ids=["with a goodbye", "without one"])
def test_a_reload_leaves_no_ghost(visit, room, says_goodbye):
    ada, bob = visit(room, "Ada"), visit(room, "Bob")
    assert mutual(ada, bob)
    before = bob.id
    if not says_goodbye:
        bob.page.evaluate("navigator.sendBeacon = () => false")
    bob.page.reload()
    bob.arrive()
    assert (bob.id == before) != says_goodbye
    assert mutual(ada, bob)
    assert (ada.peers(), bob.peers()) == ([bob.id], [ada.id])
    assert (ada.page.locator(".tile:not([hidden])").count(), bob.page.locator(".tile:not([hidden])").count()) == (2, 2)


def test_a_copy_of_a_tab_does_not_take_its_seat(visit, room):
    """A window that a page opens gets a copy of its session storage, as a duplicated tab does."""
    ada = visit(room, "Ada")
    ada.note()
    with ada.page.expect_popup() as popup:
        ada.page.evaluate("window.open(location.href)")
    copy = popup.value
    assert copy.evaluate("sessionStorage.length") == 1
    ada.until("window.parley.room.peers.size === 1")
    deadline = time.monotonic() + 10
    while copy.evaluate("window.parley?.state().room") != "joined" and time.monotonic() < deadline:
        time.sleep(0.05)
    assert copy.evaluate("window.parley.state().peerId") != ada.id
    assert ada.seen() == [f"peer:joined {copy.evaluate('window.parley.state().peerId')}"]
