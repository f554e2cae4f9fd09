# SPDX-License-Identifier: Apache-2.0
"""The page at /admin/ beside real calls: who is let in, and what it shows."""

import time

import pytest

import tokens
from admins import NAME, PASSWORD, Admin, account
from chromium import PATIENCE_MS, Visitor, mutual
from peers import Bare, Stock
from proxy import Proxy
from server import ROOT, Server
from test_doctor import RELAY_ONLY, prepared


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    server = Server.serve("--max-auth-failures", 1_000, *account(tmp_path_factory.mktemp("admin")), web=str(ROOT / "web"))
    yield server
    server.stop()


class Desk:
    """Somebody with the page open."""

    def __init__(self, browser, server, password=PASSWORD, fragment=""):
        self.context = browser.new_context()
        self.page = self.context.new_page()
        self.page.set_default_timeout(PATIENCE_MS)
        self.problems = []
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))
        self.page.goto(f"{server.url}/admin{fragment or '/'}", wait_until="domcontentloaded")
        if password:
            self.login(password)

    def login(self, password=PASSWORD):
        self.page.fill("#username", NAME)
        self.page.fill("#password", password)
        self.page.click("#login-button")
        if password == PASSWORD:
            self.page.wait_for_selector("#desk", state="visible")

    def open(self, view):
        self.page.evaluate("view => { location.hash = view; }", f"#{view}")

    def press(self, name, **fields):
        """Presses a button, fills in what it asks, and says yes."""
        self.page.locator("#desk, #tools").get_by_role("button", name=name, exact=True).locator("visible=true").first.click()
        dialog = self.page.locator("#ask")
        dialog.wait_for(state="visible")
        for field, value in fields.items():
            input = dialog.locator(f"[name={field}]")
            input.select_option(value) if input.evaluate("one => one.tagName") == "SELECT" else input.fill(value)
        dialog.locator("#ask-do").click()

    def says(self, text):
        self.page.locator("#live", has_text=text).wait_for(state="attached")

    def close(self):
        self.context.close()


def text(page, selector, wanted):
    """Waits until an element that can be seen says something."""
    page.locator(selector, has_text=wanted).locator("visible=true").first.wait_for()


def soon(happens):
    deadline = time.monotonic() + PATIENCE_MS / 1000
    while not happens():
        assert time.monotonic() < deadline, "it never came to this"
        time.sleep(0.1)


@pytest.fixture
def desk(chromium, server):
    desk = Desk(chromium, server)
    yield desk
    problems = desk.problems
    desk.close()
    assert problems == []


@pytest.fixture
def admin(server):
    admin = Admin(server)
    yield admin
    admin.leave()


@pytest.fixture
def enter(chromium, server, room):
    """Opens call pages in the room; they leave when the test ends."""
    visitors = []

    def open_page(name):
        visitors.append(Visitor(chromium, server.url, room, name))
        return visitors[-1]

    yield open_page
    for visitor in visitors:
        visitor.close()


@pytest.fixture
def guest(server):
    """Makes stock clients, which leave when the test ends."""
    guests = []

    def come(**auth):
        guests.append(Stock(server, auth=auth))
        return guests[-1]

    yield come
    for each in guests:
        each.leave()


# Who is let in

@pytest.mark.timeout(120)
def test_a_wrong_password_is_told_and_a_reload_stays_logged_in(chromium, server):
    desk = Desk(chromium, server, password="wrong horse battery")
    text(desk.page, "#login-problem", "That name and password do not go together.")
    desk.login()
    desk.page.reload(wait_until="domcontentloaded")
    desk.page.wait_for_selector("#desk", state="visible")
    desk.page.click("#logout")
    text(desk.page, "#login-problem", "You are logged out.")
    desk.page.reload(wait_until="domcontentloaded")
    desk.page.wait_for_selector("#login", state="visible")
    desk.close()


@pytest.mark.timeout(120)
def test_the_page_without_its_slash_and_its_requests_live_side_by_side(chromium, server):
    import requests
    desk = Desk(chromium, server, fragment="#rooms")
    assert desk.page.url.startswith(server.url + "/admin/")
    answer = requests.get(server.url + "/admin/api/stats", auth=(NAME, PASSWORD), timeout=10)
    assert answer.status_code == 200 and answer.json()["ok"] is True
    desk.close()


@pytest.mark.timeout(120)
def test_who_may_only_look_finds_locked_buttons_with_the_reason(chromium, tmp_path):
    server = Server.serve(*account(tmp_path, "--admin-read-only"), web=str(ROOT / "web"))
    try:
        desk = Desk(chromium, server)
        desk.page.wait_for_selector("#read-only", state="visible")
        for button in ["#drain", "#create", "#notice-all"]:
            assert desk.page.locator(button).is_disabled()
            assert "change nothing" in desk.page.locator(button).get_attribute("title")
        desk.page.reload(wait_until="domcontentloaded")
        desk.page.wait_for_selector("#read-only", state="visible")
        assert desk.page.locator("#create").is_disabled()
        desk.close()
    finally:
        server.stop()


@pytest.mark.timeout(120)
def test_a_token_in_the_address_lets_in_as_far_as_it_goes(chromium, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text(tokens.SECRET)
    server = Server.serve("--token-secret-file", secret, "--admin", web=str(ROOT / "web"))
    try:
        for grants, may in ([["admin"], True], [["observe"], False]):
            token = tokens.token(grants=grants)
            desk = Desk(chromium, server, password=None, fragment=f"/#token={token}")
            desk.page.wait_for_selector("#desk", state="visible")
            assert token not in desk.page.url and desk.page.locator("#create").is_enabled() is may
            desk.page.reload(wait_until="domcontentloaded")
            desk.page.wait_for_selector("#desk", state="visible")
            desk.page.click("#logout")
            desk.page.reload(wait_until="domcontentloaded")
            desk.page.wait_for_selector("#login", state="visible")
            desk.close()
        for token, words in (tokens.token(), "This token may not administer."), ("nonsense", "do not go together"):
            desk = Desk(chromium, server, password=None, fragment=f"/#token={token}")
            text(desk.page, "#login-problem", words)
            assert token not in desk.page.url and desk.page.locator("#desk").is_hidden()
            desk.close()
    finally:
        server.stop()


@pytest.mark.timeout(120)
def test_a_lost_server_is_told_and_after_its_return_a_login_is_wanted(chromium, tmp_path):
    server = Server.serve(*account(tmp_path), web=str(ROOT / "web"))
    desk = Desk(chromium, server)
    server.kill()
    text(desk.page, "#banner", "cannot be reached")
    server.start()
    text(desk.page, "#login-problem", "Your login has ended.")
    desk.login()
    desk.close()
    server.stop()


# Looking

@pytest.mark.timeout(120)
def test_rooms_come_and_change_and_go_while_one_looks(desk, guest, room):
    desk.page.fill("#room-filter", room)
    ada, bob = guest(name="Ada"), guest(name="Bob")
    ada.join(room)
    bob.join(room)
    row = desk.page.locator("#room-table tbody tr:not(.space)")
    soon(lambda: row.count() == 1 and row.locator("td").nth(1).inner_text() == "2")
    bob.ask("leave", {"room": room})
    soon(lambda: row.locator("td").nth(1).inner_text() == "1")
    ada.ask("leave", {"room": room})
    soon(lambda: row.count() == 0)


@pytest.mark.timeout(240)
def test_three_thousand_rooms_have_few_rows_and_all_can_be_found(chromium, tmp_path):
    server = Server.serve(*account(tmp_path), web=str(ROOT / "web"))
    try:
        admin, names = Admin(server), [f"room {number:04}" for number in range(3_000)]
        for name in names:
            admin.do("create", {"room": name})
        desk = Desk(chromium, server)
        text(desk.page, "#room-count", "3000 rooms")
        assert desk.page.locator("#room-table tr").count() < 80
        desk.page.evaluate("document.querySelector('#rooms .scroller').scrollTop = 1e9")
        text(desk.page, "#room-table a", names[-1])
        desk.page.fill("#room-filter", names[1234])
        text(desk.page, "#room-table a", names[1234])
        soon(lambda: desk.page.locator("#room-table tbody tr:not(.space)").count() == 1)
        desk.close()
        admin.leave()
    finally:
        server.stop()


@pytest.mark.timeout(120)
def test_a_pair_says_how_it_fares(desk, enter, room):
    ada, bob = enter("Ada"), enter("Bob")
    assert mutual(ada, bob)
    desk.open(f"room/{room}")
    text(desk.page, "#room li", "Ada")
    text(desk.page, "[data-severity=ok] .verdict", "The connection stands.")


@pytest.mark.timeout(180)
def test_a_pair_that_finds_no_way_is_told_the_reason(desk, chromium, server, room):
    """Only relays are allowed to both, and there is none."""
    visitors = [Visitor(chromium, server.url, room, name, prepare=prepared(RELAY_ONLY)) for name in ("Ada", "Bob")]
    try:
        desk.open(f"room/{room}")
        desk.page.get_by_text("Only relayed ways are allowed, and no TURN server is configured.").wait_for(timeout=60_000)
    finally:
        for visitor in visitors:
            visitor.close()


@pytest.mark.timeout(120)
def test_activity_shows_the_past_and_the_audit(desk, admin, guest, room):
    guest(name="Ada").join(room)
    admin.do("notice", {"room": room, "text": "to be found again"})
    desk.open("activity")
    desk.page.fill("#activity-filter", room)
    text(desk.page, "#activity-table td", "to be found again")
    desk.page.select_option("#activity-kind", "peer:")
    text(desk.page, "#activity-table td", "Joined")
    assert desk.page.locator("#activity-table td", has_text="to be found again").count() == 0
    desk.page.select_option("#activity-kind", "")
    desk.page.click("#pause")
    admin.do("notice", {"room": room, "text": "said in the pause"})
    time.sleep(1)
    assert desk.page.locator("#activity-table td", has_text="said in the pause").count() == 0
    desk.page.click("#pause")
    text(desk.page, "#activity-table td", "said in the pause")


@pytest.mark.timeout(120)
def test_a_lobby_is_listed_with_those_who_wait(desk, guest, room):
    ada, bob, eve = guest(name="Ada"), guest(name="Bob"), guest(name="Eve")
    ada.join(room, settings={"lobby": True})
    for visitor in bob, eve:
        assert visitor.ask("join", {"room": room})["waiting"]
    desk.page.fill("#room-filter", room)
    row = desk.page.locator("#room-table tbody tr:not(.space)")
    soon(lambda: row.count() == 1 and row.locator("td").nth(3).inner_text() == "2")
    desk.open(f"room/{room}")
    text(desk.page, "#room h2", "Lobby (2)")
    for name in "Bob", "Eve":
        text(desk.page, "#room li", name)
    assert ada.ask("knock:answer", {"room": room, "peerId": bob.id, "admit": True})["admitted"] == [bob.id]
    text(desk.page, "#room h2", "Lobby (1)")
    soon(lambda: desk.page.locator("[data-peer]").count() == 2)
    eve.ask("leave", {"room": room})
    text(desk.page, "#room", "Nobody is waiting.")


@pytest.mark.timeout(240)
def test_what_was_forgotten_while_the_line_was_lost_is_told(chromium, server, guest, room):
    proxy = Proxy(server.port)
    desk = Desk(chromium, proxy)
    ada = guest(name="Ada")
    ada.join(room)
    desk.open("activity")
    desk.page.fill("#activity-filter", room)
    text(desk.page, "#activity-table td", "Joined")
    proxy.refuse()
    text(desk.page, "#banner", "cannot be reached")
    many = Bare(server)
    for _ in range(1_100):
        many.ask("join", {"room": f"{room} again"})
        many.ask("leave")
    many.leave()
    ada.ask("leave", {"room": room})
    proxy.admit()
    text(desk.page, "#activity-table td", "Left")
    desk.page.fill("#activity-filter", "")
    desk.page.select_option("#activity-kind", "")
    desk.page.evaluate("document.querySelector('#activity .scroller').scrollTop = 1e9")
    soon(lambda: desk.page.evaluate("""() => {
        const scroller = document.querySelector('#activity .scroller');
        if (scroller.textContent.includes('Not remembered')) return true;
        scroller.scrollTop -= scroller.clientHeight / 2;
        return false;
    }"""))
    text(desk.page, "#activity-table td", "events were forgotten before they could be shown")
    assert desk.problems == []
    desk.close()
    proxy.stop()


@pytest.mark.timeout(120)
def test_charts_draw_what_the_stats_say(desk, guest, room):
    guest().join(room)
    desk.open("load")
    for title in ["Connections", "Peers", "Rooms", "Events per second"]:
        text(desk.page, "figcaption", title)
    rooms = desk.page.locator("figure", has_text="Rooms").locator("b")
    soon(lambda: int(rooms.inner_text()) >= 1)
