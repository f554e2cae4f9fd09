# SPDX-License-Identifier: Apache-2.0
"""Calls that ring, between the sessions of two open pages."""

import pytest

pytestmark = pytest.mark.timeout(90)

LISTEN = "() => { window.parley.session.on('call', (call) => { window.incoming = call; }); }"
CALL = "async (id) => { window.outgoing = await window.parley.session.call(id, {media: {audio: true}}); return window.outgoing.state; }"


@pytest.fixture
def ringing(visit, room):
    """Two pages in different rooms; one rings at the other."""
    ada, bob = visit(room, "Ada"), visit(f"{room}-elsewhere", "Bob")
    bob.page.evaluate(LISTEN)
    assert ada.page.evaluate(CALL, bob.id) == "ringing"
    bob.until("window.incoming?.state === 'ringing'")
    assert bob.page.evaluate("[window.incoming.info.from, window.incoming.info.name]") == [ada.id, "Ada"]
    return ada, bob


def test_a_call_that_is_accepted_connects_two_browsers(ringing):
    ada, bob = ringing
    bob.page.evaluate("async () => { await window.incoming.accept(); }")
    ada.until("window.outgoing.state === 'accepted'")
    for one, call, other in ((ada, "outgoing", bob), (bob, "incoming", ada)):
        one.until(f"window.{call}.room.peers.get('{other.id}')?.pc.connectionState === 'connected'")
    ada.page.evaluate("async () => { await window.outgoing.end('done'); }")
    bob.until("window.incoming.state === 'ended' && window.incoming.room.state === 'left'")
    ada.until("window.outgoing.room.state === 'left'")


def test_a_call_that_is_declined_says_so(ringing):
    ada, bob = ringing
    bob.page.evaluate("async () => { await window.incoming.decline('busy'); }")
    ada.until("window.outgoing.state === 'declined'")


def test_a_call_that_is_cancelled_stops_ringing(ringing):
    ada, bob = ringing
    ada.page.evaluate("async () => { await window.outgoing.cancel(); }")
    bob.until("window.incoming.state === 'cancelled'")
