# SPDX-License-Identifier: Apache-2.0
"""Every page in the hand: nothing beside the screen, nothing cut off, and nothing too small for a finger; also with the longest names."""

import time

import pytest

from admins import NAME, PASSWORD, account
from chromium import PATIENCE_MS
from peers import Stock
from server import ROOT, Server

pytestmark = pytest.mark.timeout(180)
LONG = "Maximiliane-Charlotte " + "W" * 38
SIZES = {"phone": (390, 844), "smallest": (320, 568), "on its side": (844, 390)}

# What somebody could press, and is smaller than 44 pixels. A label of that size stands for its checkbox.
SMALL = """() => [...document.querySelectorAll("button, a, input, select, summary")].flatMap((one) => {
  const dialog = document.querySelector("dialog[open]");
  const {width, height} = one.getBoundingClientRect();
  const isThere = width > 0 && one.checkVisibility({visibilityProperty: true, opacityProperty: true});
  if (!isThere || one.matches(".skip") || (dialog && !dialog.contains(one))) return [];
  const label = one.labels?.[0]?.getBoundingClientRect().height >= 44;
  return (width < 44 && !label) || (height < 44 && !label) ? [`${one.id || one.className || one.textContent}: ${width} × ${height}`] : [];
})"""

# What lies beside the screen, or does not show all of its words and cannot be scrolled to.
OUTSIDE = """() => {
  const {scrollingElement: page} = document;
  // Not `innerWidth`: a phone zooms out until a page fits that is too wide.
  const width = page.clientWidth;
  const found = page.scrollWidth > width ? [`the page is ${page.scrollWidth} wide`] : [];
  const dialog = document.querySelector("dialog[open]");
  for (const one of (dialog ?? document.body).querySelectorAll("button, a, input, h1, h2, p, b, li, label, code")) {
    if (!one.checkVisibility({visibilityProperty: true}) || one.closest(".skip, .visually-hidden, .scroller, .tools, .tabs")) continue;
    const {left, right} = one.getBoundingClientRect();
    if (right - left > 1 && (left < -1 || right > width + 1)) found.push(`${one.id || one.className || one.textContent}: from ${left} to ${right}`);
    const isCut = one.matches("button, h1, h2") && one.scrollWidth > one.clientWidth + 1;
    if (isCut) found.push(`${one.id || one.className}: ${one.scrollWidth} in ${one.clientWidth}`);
  }
  return found;
}"""


@pytest.fixture(params=SIZES)
def page(chromium, request):
    width, height = SIZES[request.param]
    context = chromium.new_context(viewport={"width": width, "height": height}, has_touch=True, is_mobile=True, reduced_motion="reduce")
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    yield page
    context.close()


def fits(page):
    time.sleep(0.2)
    assert page.evaluate(OUTSIDE) == []
    # Seven controls side by side are narrower on the smallest phones, which share no screen.
    small = [each for each in page.evaluate(SMALL) if page.viewport_size["width"] > 320 or not each.startswith(("control", "share", "hand", "chat-open", "room-settings", "leave"))]
    assert small == []


def url(site, rest=""):
    return site.url.replace("127.0.0.1", "localhost") + rest


def test_what_does_not_fit_is_found(page, site):
    page.goto(url(site), wait_until="load")
    fits(page)
    page.evaluate("document.querySelector('#join').style.minHeight = document.querySelector('#join').style.height = '30px'")
    assert any(each.startswith("join: ") for each in page.evaluate(SMALL))
    page.evaluate("document.querySelector('#headline').style.width = '900px'")
    assert any(each.startswith("headline: ") for each in page.evaluate(OUTSIDE))


def test_the_landing_page_fits(page, site, room):
    page.goto(url(site, f"/?name={LONG} {room[-4:]}"), wait_until="load")
    page.evaluate("document.querySelector('#preview-start').click()")
    page.wait_for_selector("#preview-controls", state="visible")
    fits(page)
    page.click("#ring summary")
    page.wait_for_selector('#ring[data-state="online"]')
    page.fill("#ring-to", LONG)
    page.click("#ring-do")
    page.wait_for_selector("#ring-news:not(:empty)")
    fits(page)


def test_a_call_with_its_panels_fits(page, site, room):
    room = f"{room}-{'long-' * 15}"
    others = [Stock(site, auth={"name": name}) for name in (LONG, "محمد بن موسى الخوارزمي", "Ada")]
    page.goto(url(site, f"/?room={room}&name={LONG}&join="), wait_until="load")
    page.wait_for_selector("#room-settings", state="visible")
    for other in others:
        other.join(room, metadata={"hand": True, "audio": False})
    page.wait_for_function("() => document.querySelectorAll('[data-peer-id]').length === 3")
    fits(page)
    for opener in "#room-settings", "#invite-open", ".topbar [data-devices]", "[data-peer-id] .tile-why", "[data-peer-id] .tile-menu":
        page.locator(opener).first.click()
        page.wait_for_selector("dialog[open]")
        fits(page)
        page.keyboard.press("Escape")
    page.click("#chat-open")
    others[0].ask("message", {"room": room, "data": {"text": "x" * 500}})
    page.wait_for_selector(".chat-text")
    fits(page)
    page.click("#chat-close")
    page.click("#leave")
    page.wait_for_selector("#ended", state="visible")
    fits(page)
    for other in others:
        other.leave()


def test_a_lost_line_fits(page, proxied, room):
    proxy = proxied()
    page.goto(f"http://localhost:{proxy.port}/?room={room}&name={LONG}&join=", wait_until="load")
    page.wait_for_selector("#room-settings", state="visible")
    proxy.refuse()
    page.wait_for_selector("#banner", state="visible")
    fits(page)


def test_the_door_fits_on_both_sides(page, site, room):
    owner = Stock(site, auth={"name": "Ada"})
    owner.join(room, settings={"lobby": True})
    page.goto(url(site, f"/?room={room}&name={LONG}&join="), wait_until="load")
    page.wait_for_selector("#waiting", state="visible")
    fits(page)
    owner.leave()
    page.goto(url(site, f"/?room={room}-own&name={LONG}&join="), wait_until="load")
    page.wait_for_selector("#room-settings", state="visible")
    page.evaluate("() => window.parley.room.updateRoom({lobby: true})")
    guests = [Stock(site, auth={"name": name}) for name in (LONG, "Bob")]
    for guest in guests:
        guest.ask("join", {"room": f"{room}-own", "message": "It is me again, from the other room"})
    page.wait_for_selector("#admit-all", state="visible")
    fits(page)
    for guest in guests:
        guest.leave()


def test_the_checks_fit(page, site):
    page.goto(url(site, "/doctor/"), wait_until="load")
    fits(page)
    page.click("#start")
    page.wait_for_selector("#copy:visible", timeout=90_000)
    fits(page)


def test_the_admin_page_fits(page, tmp_path):
    server = Server.serve(*account(tmp_path), web=str(ROOT / "web"))
    try:
        ada, bob = (Stock(server, auth={"name": name}) for name in (LONG, "Bob"))
        ada.join(f"a room {'w' * 80}"), bob.join("another")
        page.goto(f"{server.url}/admin/", wait_until="load")
        fits(page)
        page.fill("#username", NAME)
        page.fill("#password", PASSWORD)
        page.click("#login-button")
        page.wait_for_selector("#room-table td a")
        for view in "rooms", "peers", "bans", "activity", "load", "room/another", f"room/a room {'w' * 80}":
            page.evaluate("view => { location.hash = encodeURI(view); }", view)
            time.sleep(0.5)
            fits(page)
        ada.leave(), bob.leave()
    finally:
        server.stop()
