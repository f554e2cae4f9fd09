# SPDX-License-Identifier: Apache-2.0
"""Firefox: calls with Chromium and with itself, a lost line, a new page, the checks before a call."""

import pytest

from chromium import mutual
from coturn import Coturn
from server import ROOT, Server
from test_doctor import RELAY_ONLY, prepared

pytestmark = pytest.mark.timeout(120)


@pytest.mark.parametrize("transports, used", [("polling", "polling"), ("websocket", "websocket"), (None, "websocket")],
                         ids=["polling only", "websocket only", "upgrading"])
@pytest.mark.parametrize("comes_first", ["chromium", "firefox"])
def test_firefox_and_chromium_see_each_other(visit, room, firefox, chromium, comes_first, transports, used):
    browsers = [chromium, firefox] if comes_first == "chromium" else [firefox, chromium]
    ada, bob = [visit(room, name, transports, browser=browser) for name, browser in zip(["Ada", "Bob"], browsers)]
    assert mutual(ada, bob)
    for one in ada, bob:
        one.until(f"window.parley.state().transport === '{used}'")
    assert not ada.problems + bob.problems


def test_the_same_with_the_official_client(visit, official_site, room, firefox):
    ada = visit(room, "Ada", url=official_site.url)
    bob = visit(room, "Bob", url=official_site.url, browser=firefox)
    assert mutual(ada, bob)


def test_two_firefoxes_and_a_chromium_are_a_mesh(visit, room, firefox):
    ada, bob = visit(room, "Ada", browser=firefox), visit(room, "Bob", browser=firefox)
    assert mutual(ada, bob)
    assert mutual(ada, bob, visit(room, "Cleo"))


@pytest.mark.parametrize("transports", ["polling", "websocket"])
def test_media_goes_on_while_firefox_has_lost_its_line(visit, room, firefox, proxied, transports):
    proxy = proxied()
    ada = visit(room, "Ada")
    bob = visit(room, "Bob", transports, url=proxy.url, browser=firefox)
    assert mutual(ada, bob)
    bob.note()
    proxy.refuse()
    bob.until("window.parley.state().session === 'reconnecting'")
    assert mutual(ada, bob), "media stopped with the signaling"
    proxy.admit()
    bob.until("window.seen.includes('resumed')")
    assert mutual(ada, bob)


def test_a_page_that_is_loaded_anew_is_in_the_call_again(visit, room, firefox):
    ada, bob = visit(room, "Ada"), visit(room, "Bob", browser=firefox)
    assert mutual(ada, bob)
    bob.page.reload(wait_until="domcontentloaded")
    bob.arrive()
    assert mutual(ada, bob)


def test_a_call_through_a_turn_server_alone(visit, room, firefox, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("known to both")
    turn = Coturn(tmp_path, "known to both")
    try:
        server = Server.serve("--turn-url", f"turn:127.0.0.1:{turn.port}?transport=udp", "--turn-secret-file", secret, web=str(ROOT / "web"))
        try:
            ada = visit(room, "Ada", url=server.url, prepare=prepared(RELAY_ONLY))
            assert mutual(ada, visit(room, "Bob", url=server.url, browser=firefox, prepare=prepared(RELAY_ONLY)))
        finally:
            server.stop()
    finally:
        turn.stop()


def test_what_is_written_in_one_is_read_in_the_other(visit, room, firefox):
    ada, bob = visit(room, "Ada"), visit(room, "Bob", browser=firefox)
    ada.until("window.parley.room.peers.size === 1")
    for writer, reader, words in (ada, bob, "Have you mail?"), (bob, ada, "Yes"):
        writer.page.click("#chat-open")
        writer.page.fill("#chat-input", words)
        writer.page.keyboard.press("Enter")
        reader.until(f"document.getElementById('chat-log').textContent.includes('{words}')")


def test_the_doctor_finds_nothing_wrong(firefox, site):
    context = firefox.new_context()
    try:
        page = context.new_page()
        page.goto(f"{site.url.replace('127.0.0.1', 'localhost')}/doctor/")
        page.click("#start")
        page.wait_for_selector("#copy:visible", timeout=60_000)
        found = [(one.get_attribute("data-result"), one.inner_text()) for one in page.locator("#results li").all()]
        assert {result for result, _ in found} == {"good"}, found
        assert "data came back" in found[-1][1]
    finally:
        context.close()
