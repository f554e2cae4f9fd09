# SPDX-License-Identifier: Apache-2.0
"""Ringing on the call page: from the panel of the landing page to a call of two, or to what has become of it."""

from types import SimpleNamespace

import pytest

from chromium import PATIENCE_MS, Visitor

pytestmark = pytest.mark.timeout(150)


class Ringer(Visitor):
    """Somebody with the panel open, online under a name."""

    def __init__(self, browser, site, name):
        self.context = browser.new_context(permissions=["camera", "microphone"])
        self.page = self.context.new_page()
        self.page.set_default_timeout(PATIENCE_MS)
        self.problems = []
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))
        self.page.goto(f"{site.url.replace('127.0.0.1', 'localhost')}/?name={name}", wait_until="domcontentloaded")
        self.page.click("#ring summary")
        self.page.wait_for_selector('#ring[data-state="online"]')

    def ring(self, whom):
        self.page.fill("#ring-to", whom)
        self.page.press("#ring-to", "Enter")

    def is_rung(self, title):
        self.page.wait_for_selector("#ring-dialog[open]")
        assert self.page.inner_text("#ring-title") == title

    def is_quiet(self, news=""):
        self.page.wait_for_selector("#ring-dialog:not([open])", state="attached")
        self.until(f"document.querySelector('#ring-news').textContent === {news!r}")

    def sees_somebody(self):
        self.page.wait_for_selector("[data-peer-id]")
        return self.sees(SimpleNamespace(id=self.page.get_attribute("[data-peer-id]", "data-peer-id")))


@pytest.fixture
def online(chromium, site):
    """Opens the page under a name; each test has names of its own, for whoever has a name is rung by it."""
    ringers = []

    def come(name):
        ringers.append(Ringer(chromium, site, name))
        return ringers[-1]

    yield come
    for ringer in ringers:
        assert ringer.problems == []
        ringer.close()
    site.check()


def test_an_accepted_call_is_seen_by_both_and_ends_for_both(online, room):
    ada, bob = online(f"Ada {room}"), online(f"Bob {room}")
    ada.ring(f"Bob {room}")
    ada.is_rung(f"Ringing Bob {room}…")
    bob.is_rung(f"Ada {room} is ringing")
    assert bob.page.evaluate("document.activeElement.id") == "ring-accept"
    bob.page.keyboard.press("Enter")
    assert ada.sees_somebody() and bob.sees_somebody()
    assert ada.page.inner_text("#room-name") == f"Bob {room}"
    assert not ada.page.locator("#invite-open").is_visible()
    bob.page.click("#leave")
    for ringer in ada, bob:
        ringer.page.wait_for_selector("#ended", state="visible")
        assert ringer.page.inner_text("#ended-title") == "The call has ended"


def test_a_call_can_be_declined_and_cancelled_by_the_keyboard(online, room):
    ada, bob = online(f"Ada {room}"), online(f"Bob {room}")
    ada.ring(f"Bob {room}")
    bob.is_rung(f"Ada {room} is ringing")
    bob.page.keyboard.press("Escape")
    ada.is_quiet(f"Bob {room} declined.")
    bob.is_quiet()
    ada.ring(f"Bob {room}")
    bob.is_rung(f"Ada {room} is ringing")
    ada.page.keyboard.press("Escape")
    bob.is_quiet(f"Ada {room} rings no more.")
    ada.is_quiet()


def test_nobody_rings_for_ever(online, room):
    ada, bob = online(f"Ada {room}"), online(f"Bob {room}")
    ada.page.fill("#ring-to", f"Bob {room}")
    # The page lets the server say how long; here the wait is made short on its way there.
    ada.page.evaluate("""() => {
      const { emit } = io.Socket.prototype;
      io.Socket.prototype.emit = function (event, payload, ...rest) {
        return emit.call(this, event, event === "call" ? { ...payload, timeoutMs: 2000 } : payload, ...rest);
      };
    }""")
    ada.page.click("#ring-do")
    bob.is_rung(f"Ada {room} is ringing")
    assert 1 <= int(bob.page.inner_text("#ring-time-words").split()[-2]) <= 2
    ada.is_quiet(f"Bob {room} did not answer.")
    bob.is_quiet(f"You missed a call of Ada {room}.")


def test_of_two_devices_one_accepts_and_the_other_rings_no_more(online, room):
    ada, bob, phone = online(f"Ada {room}"), online(f"Bob {room}"), online(f"Bob {room}")
    ada.ring(f"Bob {room}")
    for device in bob, phone:
        device.is_rung(f"Ada {room} is ringing")
    phone.page.click("#ring-accept")
    bob.is_quiet("Answered on another device.")
    assert ada.sees_somebody() and phone.sees_somebody()
    cyd = online(f"Cyd {room}")
    cyd.ring(f"Bob {room}")
    cyd.is_quiet(f"Bob {room} is in another call.")
    cyd.ring("nobody at all")
    cyd.is_quiet("Nobody can be rung as “nobody at all” just now.")


def test_who_goes_on_to_a_room_is_rung_no_more(online, room):
    ada, bob = online(f"Ada {room}"), online(f"Bob {room}")
    bob.page.fill("#room", room)
    bob.page.click("#join")
    bob.until("window.parley?.state().room === 'joined'")
    ada.ring(f"Bob {room}")
    ada.is_quiet(f"Nobody can be rung as “Bob {room}” just now.")
