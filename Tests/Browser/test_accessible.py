# SPDX-License-Identifier: Apache-2.0
"""Every page, as axe-core judges it (WCAG 2.1 A and AA, and its best practices), in light, dark and on a phone; and the way
through a call by the keyboard alone."""

import time

import pytest
from axe_playwright_python.sync_playwright import Axe

from admins import NAME, PASSWORD, account
from chromium import PATIENCE_MS
from peers import Stock
from server import ROOT, Server

pytestmark = pytest.mark.timeout(180)
LOOKS = {
    "light": {"color_scheme": "light", "viewport": {"width": 1280, "height": 800}},
    "dark": {"color_scheme": "dark", "viewport": {"width": 1280, "height": 800}},
    "phone": {"color_scheme": "light", "viewport": {"width": 390, "height": 844}, "has_touch": True},
}


@pytest.fixture(params=LOOKS)
def page(chromium, request):
    # Colours are judged when they have come to rest.
    context = chromium.new_context(reduced_motion="reduce", **LOOKS[request.param])
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    yield page
    context.close()


def judge(page):
    """What axe has found, each with the element it is about."""
    found = Axe().run(page).response["violations"]
    return [f'{each["id"]}: {node["target"]} {node["failureSummary"]}' for each in found for node in each["nodes"]]


def clean(page):
    found = judge(page)
    assert not found, "\n".join(found)


def url(site, rest=""):
    return site.url.replace("127.0.0.1", "localhost") + rest


def test_what_is_wrong_is_found(page, site):
    page.goto(url(site), wait_until="load")
    page.evaluate("document.body.append(Object.assign(document.createElement('button'), {}))")
    assert any(each.startswith("button-name") for each in judge(page))


def test_the_landing_page(page, site):
    page.goto(url(site), wait_until="load")
    clean(page)


def test_a_call_with_its_panels(page, site, room):
    other = Stock(site, auth={"name": "Ada"})
    other.join(room)
    page.goto(url(site, f"/?room={room}&name=Bob&join="), wait_until="load")
    page.wait_for_selector(f'[data-peer-id="{other.id}"]')
    clean(page)
    for key in "c", "i", "?":
        page.keyboard.press(key)
        time.sleep(0.2)
        clean(page)
        page.keyboard.press("Escape")
    other.leave()


def test_what_rings(page, site, room):
    other = Stock(site, auth={"name": "Ada", "user": f"Ada {room}"})
    page.goto(url(site, f"/?name=Bob {room}"), wait_until="load")
    page.click("#ring summary")
    page.wait_for_selector('#ring[data-state="online"]')
    clean(page)
    page.fill("#ring-to", f"Ada {room}")
    page.click("#ring-do")
    page.wait_for_selector("#ring-dialog[open]")
    clean(page)
    page.keyboard.press("Escape")
    page.wait_for_selector("#ring-dialog:not([open])", state="attached")
    assert other.ask("call", {"to": f"Bob {room}"})["status"] == "ringing"
    page.wait_for_selector("#ring-accept", state="visible")
    clean(page)
    other.leave()


def test_the_doctor(page, site):
    page.goto(url(site, "/doctor/"), wait_until="load")
    clean(page)


def test_the_admin_page(page, tmp_path):
    server = Server.serve(*account(tmp_path), web=str(ROOT / "web"))
    try:
        ada = Stock(server, auth={"user": "ada"})
        ada.join("a room")
        page.goto(f"{server.url}/admin/", wait_until="load")
        clean(page)
        page.fill("#username", NAME)
        page.fill("#password", PASSWORD)
        page.click("#login-button")
        page.wait_for_selector("#desk", state="visible")
        for view in page.eval_on_selector_all("nav.tabs a", "links => links.map(link => link.hash).filter(Boolean)"):
            page.evaluate("view => { location.hash = view; }", view)
            time.sleep(0.3)
            clean(page)
        ada.leave()
    finally:
        server.stop()


def test_the_keyboard_alone_leads_through_a_call(chromium, site, room):
    context = chromium.new_context()
    page = context.new_page()
    page.goto(url(site), wait_until="load")

    def focus():
        return page.evaluate("document.activeElement?.id || document.activeElement?.dataset.toggle || ''")

    def tab_to(wanted, key="Tab"):
        for _ in range(40):
            if focus() == wanted:
                assert page.evaluate("document.activeElement.matches(':focus-visible')")
                return
            page.keyboard.press(key)
        raise AssertionError(f"{wanted} is not reached")

    tab_to("room")
    page.keyboard.press("Control+A")
    page.keyboard.type(room)
    tab_to("name")
    page.keyboard.type("Ada")
    page.keyboard.press("Enter")
    deadline = time.monotonic() + PATIENCE_MS / 1000
    while page.evaluate("window.parley?.state().room") != "joined":
        assert time.monotonic() < deadline
        time.sleep(0.05)
    page.keyboard.press("Tab")
    assert page.evaluate("window.parley.room.metadata.audio") is True
    tab_to("audio")
    page.keyboard.press("Space")
    while page.evaluate("window.parley.room.metadata.audio"):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    tab_to("leave")
    page.keyboard.press("Enter")
    while page.evaluate("window.parley?.state().room") == "joined":
        assert time.monotonic() < deadline
        time.sleep(0.05)
    context.close()
