# SPDX-License-Identifier: Apache-2.0
"""The call page of a server that wants tokens."""

import subprocess
import time

import pytest

from chromium import Visitor
from server import ROOT, Server, binary


@pytest.fixture
def guarded(tmp_path):
    """A server with the page, and a maker of tokens for it."""
    secret = tmp_path / "secret"
    secret.write_text("a secret of thirty-two bytes, or more")
    server = Server.serve("--token-secret-file", secret, web=str(ROOT / "web"))

    def mint(user):
        command = [binary(), "token", "--user", user, "--token-secret-file", secret]
        return subprocess.run(command, capture_output=True, text=True, timeout=20, check=True).stdout.strip()

    yield server, mint
    server.stop()


@pytest.mark.timeout(120)
def test_a_page_that_was_opened_with_a_token_is_let_in_also_after_a_reload(chromium, guarded, room):
    server, mint = guarded
    ada = Visitor(chromium, server.url, room, "Ada", fragment=f"token={mint('ada')}")
    assert "token" not in ada.page.url and "token" not in ada.page.locator("#invite-link").inner_text()
    assert ada.page.evaluate("window.parley.session.welcome.user") == "ada"
    ada.page.reload(wait_until="domcontentloaded")
    ada.arrive()
    ada.close()


@pytest.mark.timeout(120)
def test_a_page_without_a_token_says_why_it_is_not_in_the_call(chromium, guarded, room):
    server, _ = guarded
    eve = Visitor(chromium, server.url, room, "Eve", arrives=False)
    deadline = time.monotonic() + 20
    while not eve.page.locator("#ended").is_visible():
        assert time.monotonic() < deadline, "it does not say that it is not in the call"
        time.sleep(0.1)
    assert eve.page.locator("#ended-text").inner_text() == "This server needs you to sign in."
    eve.close()
