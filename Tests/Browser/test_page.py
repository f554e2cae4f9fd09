# SPDX-License-Identifier: Apache-2.0
"""What the call page has beside pictures: raised hands and keys."""

import time

import pytest

pytestmark = pytest.mark.timeout(120)


def until(condition, within=20.0):
    deadline = time.monotonic() + within
    while not condition():
        assert time.monotonic() < deadline, "it never came about"
        time.sleep(0.1)


def test_a_raised_hand_is_seen_and_said(visit, room):
    ada, bob = visit(room, "Ada"), visit(room, "Bob")
    ada.until("window.parley.room.peers.size === 1")
    bob.page.keyboard.press("h")
    ada.tile(bob).locator(".tile-hand").wait_for()
    until(lambda: ada.page.locator("#live").inner_text() == "Bob raised a hand")
    bob.page.click("#hand")
    ada.tile(bob).locator(".tile-hand").wait_for(state="hidden")
