# SPDX-License-Identifier: Apache-2.0
"""What is done on the page at /admin/, beside real calls: each verb does to them what its button says."""

import pytest

from test_admin_page import admin, desk, enter, guest, server, soon, text  # noqa: F401 (most are fixtures)


@pytest.mark.timeout(120)
def test_a_notice_is_shown_in_the_call(desk, enter, room):
    ada = enter("Ada")
    desk.open(f"room/{room}")
    desk.press("Notice…", text="Back in five minutes.")
    text(ada.page, "#operator", "From the server: Back in five minutes.")
    desk.press("Notice to all…", text="Good night.")
    text(ada.page, "#operator", "From the server: Good night.")
    ada.page.click("#operator-close")
    assert ada.page.locator("#operator").is_hidden()


@pytest.mark.timeout(120)
def test_a_kick_ends_the_call_of_one(desk, enter, room):
    ada, bob = enter("Ada"), enter("Bob")
    desk.open(f"room/{room}")
    desk.page.locator(f'[data-peer="{bob.id}"]').get_by_role("button", name="Kick…").click()
    desk.page.fill("#ask [name=reason]", "too loud")
    desk.page.click("#ask-do")
    text(bob.page, "#ended-text", "too loud")
    assert bob.page.locator("#ended").get_attribute("data-code") == "kicked"
    ada.until("window.parley.state().peers.length === 0")
    soon(lambda: desk.page.locator("[data-peer]").count() == 1)


@pytest.mark.timeout(120)
def test_a_ban_from_the_room_holds_until_it_is_lifted(desk, enter, admin, guest, room):
    ada = enter("Ada")
    bob = guest(user="bob", name="Bob")
    bob.join(room)
    desk.open(f"room/{room}")
    desk.page.locator(f'[data-peer="{bob.id}"]').get_by_role("button", name="Ban…").click()
    desk.page.select_option("#ask [name=way]", "user")
    desk.page.select_option("#ask [name=durationMs]", "3600000")
    desk.page.fill("#ask [name=reason]", "spam")
    desk.page.click("#ask-do")
    assert bob.expect("moderated")["action"] == "ban"
    ada.until("window.parley.state().peers.length === 0")
    [ban] = admin.do("bans", {"room": room})["bans"]
    assert ban["user"] == "bob" and ban["reason"] == "spam" and ban["remainingMs"] > 3_000_000
    assert bob.ask("join", {"room": room})["error"]["code"] == "banned"
    desk.page.locator("#room").get_by_role("button", name="Unban").click()
    soon(lambda: admin.do("bans", {"room": room})["bans"] == [])
    bob.join(room)


@pytest.mark.timeout(120)
def test_a_room_is_made_ruled_and_closed(desk, enter, admin, guest, room):
    desk.press("Create room…", room=room, capacity="2")
    text(desk.page, "#room h1", room)
    ada = enter("Ada")
    form = desk.page.locator("#room form")
    soon(lambda: desk.page.locator("[data-peer]").count() == 1)
    form.locator("[name=locked]").check()
    form.locator("[name=password]").fill("open sesame")
    form.locator("[name=capacity]").fill("3")
    form.get_by_role("button", name="Save").click()
    desk.says("The settings are saved.")
    settings = admin.do("room", {"room": room})["settings"]
    assert settings["locked"] is True and settings["password"] is True and settings["capacity"] == 3
    assert guest().ask("join", {"room": room, "password": "open sesame"})["error"]["code"] == "room_locked"
    desk.press("Close room…", reason="maintenance")
    ada.page.wait_for_selector("#ended", state="visible")
    assert ada.page.locator("#ended").get_attribute("data-code") == "room_closed"
    text(desk.page, "#room p", "There is no such room")


@pytest.mark.timeout(120)
def test_a_peer_is_found_and_disconnected(desk, enter, room):
    ada = enter("Ada")
    desk.open("peers")
    desk.page.fill("#peer-filter", ada.id)
    row = desk.page.locator("#peer-table tbody tr:not(.space)")
    soon(lambda: row.count() == 1)
    row.get_by_role("button", name="Disconnect…").click()
    desk.page.fill("#ask [name=reason]", "idle")
    desk.page.click("#ask-do")
    ada.page.wait_for_selector("#ended", state="visible")
    soon(lambda: row.count() == 0)


@pytest.mark.timeout(120)
def test_a_user_is_banned_from_the_server_and_let_in_again(desk, admin, guest):
    ada = guest(user="ada of the server")
    desk.open("bans")
    desk.press("Ban…", user="ada of the server", reason="spam")
    assert ada.expect("moderated") == {"action": "ban", "reason": "spam", "by": "admin"}
    text(desk.page, "#ban-list li", "user ada of the server")
    desk.page.locator("#ban-list").get_by_role("button", name="Unban").click()
    soon(lambda: admin.do("bans")["bans"] == [])
    guest(user="ada of the server")


@pytest.mark.timeout(120)
def test_draining_is_asked_for_and_undone(desk, admin):
    try:
        desk.press("Drain…")
        text(desk.page, "#server", "draining")
        assert admin.do("stats")["server"]["draining"] is True
        desk.page.get_by_role("button", name="Stop draining").click()
        soon(lambda: admin.do("stats")["server"]["draining"] is False)
    finally:
        admin.do("drain", {"on": False})


@pytest.mark.timeout(120)
def test_saying_no_changes_nothing(desk, guest, admin, room):
    ada = guest()
    ada.join(room)
    desk.open(f"room/{room}")
    desk.page.get_by_role("button", name="Close room…").click()
    desk.page.keyboard.press("Escape")
    desk.page.get_by_role("button", name="Close room…").click()
    desk.page.click("#ask-cancel")
    assert admin.do("room", {"room": room})["members"][0]["peerId"] == ada.id
