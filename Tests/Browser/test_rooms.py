# SPDX-License-Identifier: Apache-2.0
"""What the page makes of rooms: lobby, lock, password, moderators, raised hands, and receipts on the tiles."""

import pytest

from chromium import mutual

pytestmark = pytest.mark.timeout(120)


def set_room(owner, setting):
    """Switches a setting on in the owner's dialog."""
    owner.page.click("#room-settings")
    owner.page.locator(f"[data-setting={setting}]").check()
    owner.until(f"window.parley.room.info.settings.{setting}")
    owner.page.click("#settings-dialog [data-close]")


def moderate(owner, other, action):
    owner.tile(other).locator(".tile-menu").click()
    owner.page.click(f"#peer-actions [data-action={action}]")


def text(visitor, selector):
    return visitor.page.locator(selector).inner_text()


def test_a_visitor_waits_in_the_lobby_until_the_owner_opens(visit, room):
    ada = visit(room, "Ada")
    set_room(ada, "lobby")
    bob, cyd = (visit(room, name, arrives=False) for name in ("Bob", "Cyd"))
    for one in (bob, cyd):
        one.until("window.parley?.state().room === 'waiting'")
        assert one.page.locator("#waiting").is_visible()
    assert text(bob, "#waiting-position") == "You are next."
    assert text(cyd, "#waiting-position") == "You are number 2 in line."
    ada.until("document.querySelectorAll('[data-knock]').length === 2")
    assert text(ada, "#knocks-title") == "2 people are waiting"
    ada.page.get_by_role("button", name="Admit Bob").click()
    bob.arrive()
    assert mutual(ada, bob)
    ada.page.get_by_role("button", name="Deny Cyd").click()
    cyd.until("document.body.dataset.view === 'ended'")
    assert text(cyd, "#ended-text") == "You were not let in."
    assert not ada.page.locator("#knocks").is_visible()


def test_admit_all_lets_everybody_in(visit, room):
    ada = visit(room, "Ada")
    set_room(ada, "lobby")
    bob, cyd = (visit(room, name, arrives=False) for name in ("Bob", "Cyd"))
    ada.until("document.querySelectorAll('[data-knock]').length === 2")
    ada.page.click("#admit-all")
    bob.arrive(), cyd.arrive()
    assert mutual(ada, bob, cyd)


def test_somebody_who_stops_waiting_is_taken_off_the_list(visit, room):
    ada = visit(room, "Ada")
    set_room(ada, "lobby")
    bob = visit(room, "Bob", arrives=False)
    ada.until("document.querySelectorAll('[data-knock]').length === 1")
    bob.page.click("#waiting-cancel")
    ada.until("document.querySelectorAll('[data-knock]').length === 0")


def test_a_locked_room_refuses_in_words(visit, room):
    ada, bob = visit(room, "Ada"), visit(room, "Bob")
    set_room(ada, "locked")
    bob.until("window.parley.room.info.settings.locked")
    assert bob.page.locator("#room-lock").is_visible()
    cyd = visit(room, "Cyd", arrives=False)
    cyd.until("document.body.dataset.view === 'ended'")
    assert text(cyd, "#ended-title") == "The room is locked"
    assert text(cyd, "#ended-text") == "Nobody else can join at the moment."
    assert mutual(ada, bob)


def test_only_the_owner_sees_what_only_the_owner_may_do(visit, room):
    ada, bob = visit(room, "Ada"), visit(room, "Bob")
    ada.until("window.parley.room.peers.size === 1")
    assert ada.page.locator("#room-settings").is_visible() and ada.tile(bob).locator(".tile-menu").is_visible()
    assert not bob.page.locator("#room-settings").is_visible() and not bob.tile(ada).locator(".tile-menu").is_visible()
    assert bob.tile(ada).locator(".tile-role").inner_text() == "Owner"
    moderate(ada, bob, "role-moderator")
    bob.until("window.parley.state().role === 'moderator'")
    assert bob.page.locator("#room-settings").is_visible()
    ada.until("window.parley.state().peers[0].role === 'moderator'")
    assert ada.tile(bob).locator(".tile-role").inner_text() == "Moderator"
    ada.page.click("#leave")
    bob.until("window.parley.state().role === 'owner'")


@pytest.mark.parametrize("action", ["kick", "ban"])
def test_somebody_who_is_removed_is_told_and_out(visit, room, action):
    ada, bob, cyd = visit(room, "Ada"), visit(room, "Bob"), visit(room, "Cyd")
    ada.until("window.parley.room.peers.size === 2")
    moderate(ada, bob, action)
    bob.until("document.body.dataset.view === 'ended'", within=5)
    assert text(bob, "#ended-title") == "You were removed"
    assert "removed" in text(bob, "#ended-text")
    assert bob.page.evaluate("window.parley.state().peers") == []
    for one in (ada, cyd):
        one.until("document.querySelectorAll('[data-peer-id]').length === 1", within=5)
    assert mutual(ada, cyd)


def test_somebody_who_is_asked_to_be_quiet_is_quiet(visit, room):
    ada, bob = visit(room, "Ada"), visit(room, "Bob")
    assert mutual(ada, bob)
    moderate(ada, bob, "mute")
    bob.until("!window.parley.state().media.audio")
    ada.until(f"document.querySelector('[data-peer-id=\"{bob.id}\"]').dataset.audio === 'off'")
    bob.page.keyboard.press("h")
    ada.tile(bob).locator(".tile-hand").wait_for(state="visible")
    moderate(ada, bob, "lower_hand")
    ada.tile(bob).locator(".tile-hand").wait_for(state="hidden")
    assert bob.page.locator("#hand").get_attribute("aria-pressed") == "false"


def test_a_room_with_a_password_asks_for_it(visit, room):
    ada = visit(room, "Ada")
    ada.page.click("#room-settings")
    ada.page.fill("#room-password", "sesame")
    ada.page.click("#room-password-set")
    ada.until("window.parley.room.info.settings.password")
    ada.page.click("#settings-dialog [data-close]")
    bob = visit(room, "Bob", arrives=False)
    bob.page.fill("#password", "wrong")
    bob.page.keyboard.press("Enter")
    bob.until("document.getElementById('password-problem').textContent !== ''")
    bob.page.fill("#password", "sesame")
    bob.page.keyboard.press("Enter")
    bob.arrive()
    assert mutual(ada, bob)
    cyd = visit(room, "Cyd", arrives=False)
    cyd.page.locator("#password-dialog [data-close]").click()
    cyd.until("document.body.dataset.view === 'ended'")
    assert text(cyd, "#ended-text") == "This room needs a password, and none was given."


def test_receipts_are_shown_on_the_tiles(visit, room):
    ada, bob = visit(room, "Ada"), visit(room, "Bob")
    for one, other, words in ((ada, bob, "Answer applied"), (bob, ada, "Offer applied")):
        one.until(f"document.querySelector('[data-peer-id=\"{other.id}\"]')?.dataset.receipt === 'applied'")
        assert one.tile(other).locator(".tile-receipt").get_attribute("title") == words
