# SPDX-License-Identifier: Apache-2.0
"""Two browsers on machines of their own: their network is cut under signaling and media, or becomes another one, and the call comes back
without help."""

import time

import pytest

from chromium import Visitor, mutual
from network import URL

pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def pair(network, playwright, room):
    """Ada and Bob in a call, each in a browser on a machine of their own."""
    network.serve()
    browsers = [network.browser(playwright, name, number) for name, number in (("ada", 11), ("bob", 12))]
    visitors = [Visitor(browser, URL, room, name) for browser, name in zip(browsers, ("Ada", "Bob"))]
    assert mutual(*visitors)
    yield visitors
    for browser in browsers:
        browser.close()


def is_back(visitor):
    visitor.until("window.parley.state().session === 'connected'", within=60)
    visitor.until("window.parley.state().peers.length === 1 && window.parley.state().peers[0].state === 'connected'", within=90)


@pytest.mark.parametrize("seconds", [6, 25], ids=["a short cut", "a cut that outlasts ICE"])
def test_a_call_comes_back_after_its_network_was_cut(network, pair, seconds):
    ada, bob = pair
    network.unplug("ada")
    ada.until("window.parley.state().session === 'reconnecting'", within=30)
    ada.until("['interrupted', 'restarting'].includes(window.parley.state().peers[0].state)", within=60)
    time.sleep(seconds)
    network.plug("ada")
    for one in ada, bob:
        is_back(one)
    assert ada.sees(bob, within=60) and bob.sees(ada, within=60)
    assert (ada.peers(), bob.peers()) == ([bob.id], [ada.id]), "nobody had to join anew"
    assert not ada.problems + bob.problems


def test_a_call_goes_on_at_another_address(network, pair):
    ada, bob = pair
    network.move("ada", 11, 21)
    deadline = time.monotonic() + 120
    while not (ada.sees(bob, within=10) and bob.sees(ada, within=10)):
        assert time.monotonic() < deadline, (ada.page.evaluate("window.parley.state()"), bob.page.evaluate("window.parley.state()"))
    for one in ada, bob:
        is_back(one)
    assert (ada.peers(), bob.peers()) == ([bob.id], [ada.id])
