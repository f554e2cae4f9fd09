# SPDX-License-Identifier: Apache-2.0
"""A firewall that swallows UDP: browsers on machines of their own, a real TURN server, and rules in the middle of their network."""

import shutil

import pytest

from chromium import Visitor, mutual
from network import HUB, TURN_PORT, URL
from test_doctor import JUDGE, diagnosis

pytestmark = pytest.mark.timeout(300)
BY_UDP, BY_TCP = (f"turn:{HUB}:{TURN_PORT}?transport={kind}" for kind in ("udp", "tcp"))
ADA, BOB = ("ada", 11), ("bob", 12)


@pytest.fixture
def walled(network, playwright, tmp_path):
    """Has browsers on machines from which no UDP comes through where they are named in `blocked`."""
    if not shutil.which("nft"):
        pytest.skip("needs nft")
    browsers = []

    def build(*urls, blocked, machines=(ADA, BOB)):
        secret = tmp_path / "secret"
        secret.write_text("known to both")
        network.turn("known to both")
        network.serve(*(word for url in urls for word in ("--turn-url", url)), "--turn-secret-file", secret)
        browsers.extend(network.browser(playwright, *machine) for machine in machines)
        network.block_udp(*blocked)
        return browsers

    yield build
    for browser in browsers:
        browser.close()


def why(visitor):
    """What the page says to those who ask."""
    visitor.page.click("[data-peer-id] .tile-why")
    visitor.page.locator("#why-verdicts li").first.wait_for()
    return visitor.page.locator("#why-verdicts li").first.inner_text()


def enter(browsers, room):
    return [Visitor(browser, URL, room, name) for browser, name in zip(browsers, ("Ada", "Bob"))]


def test_a_relay_by_udp_alone_is_no_way_out(network, walled, room):
    ada, bob = enter(walled(BY_UDP, blocked=["ada", "bob"]), room)
    for one in ada, bob:
        assert diagnosis(one, "udp_blocked")[0] == "udp_blocked"
        assert why(one).startswith("UDP is blocked here, or every STUN and TURN server is down")
    assert network.dropped() > 0


def test_the_call_goes_through_a_relay_by_tcp(network, walled, room):
    ada, bob = enter(walled(BY_UDP, BY_TCP, blocked=["ada", "bob"]), room)
    assert mutual(ada, bob)
    for one in ada, bob:
        assert diagnosis(one, "udp_blocked") == ["udp_blocked", "connected"]
    blocked, stands = ada.page.evaluate(JUDGE)["verdicts"]
    assert blocked["text"] == "UDP is blocked here: the call goes through the relay by TCP."
    assert "by relay over TCP to relay" in stands["evidence"]
    assert mutual(ada, bob) and network.dropped() > 0


def test_udp_is_blocked_on_one_side(walled, room):
    """The other side, which the TURN server answers, is what shows that the server is not to blame."""
    ada, bob = enter(walled(BY_UDP, blocked=["ada"]), room)
    assert diagnosis(ada, "udp_blocked")[0] == "udp_blocked"
    assert why(ada).startswith("UDP is blocked here: the other side gets answers by UDP, and this side none.")
    assert diagnosis(bob, "udp_blocked")[0] == "udp_blocked"
    assert why(bob).startswith("The other side says: “UDP is blocked here: the other side gets answers by UDP")


def test_the_checks_before_a_call_say_so(walled):
    [browser] = walled(BY_UDP, BY_TCP, blocked=["ada"], machines=[ADA])
    page = browser.new_page()
    page.goto(f"{URL}/doctor/")
    page.click("#start")
    page.wait_for_selector("#copy:visible", timeout=90_000)
    found = {one.locator("b").text_content().rsplit(": ", 1)[0]: one.get_attribute("data-result") for one in page.locator("#results li").all()}
    assert (found[BY_UDP], found[BY_TCP]) == ("bad", "good"), found
    assert "UDP is blocked here" in page.inner_text("#progress")
