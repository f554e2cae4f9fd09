# SPDX-License-Identifier: Apache-2.0
"""One Chromium for the run, a fresh context for each visitor, and the servers of the conformance ring."""

import pytest
from playwright.sync_api import sync_playwright

from chromium import Visitor, launch
from server import ROOT, Server


@pytest.fixture(scope="session")
def chromium():
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def site():
    """The server with the web page."""
    server = Server.serve(web=str(ROOT / "web"))
    yield server
    server.stop()


@pytest.fixture(scope="session")
def echo():
    server = Server.echo()
    yield server
    server.stop()


@pytest.fixture
def visit(chromium, site):
    """Opens the call page as somebody; everybody leaves when the test ends."""
    site.ensure()
    visitors = []

    def enter(room, name, transports=None, has_camera=True, prepare=None):
        visitors.append(Visitor(chromium, site.url, room, name, transports, has_camera, prepare))
        return visitors[-1]

    yield enter
    for visitor in visitors:
        visitor.close()
    site.check()
