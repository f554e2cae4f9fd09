# SPDX-License-Identifier: Apache-2.0
"""One Chromium for the run, a fresh context for each visitor, and the servers of the conformance ring."""

import os
import pathlib
import shutil
import subprocess
import sys
import uuid
import zipfile

import pytest
from playwright.sync_api import sync_playwright

import firefox as firefox_browser
from chromium import Visitor, launch
from network import Network
from proxy import Proxy
from server import ROOT, Server

# A wheel that happens to carry the official client (4.8.1); only that file is taken out of it.
CARRIER, OFFICIAL = "nicegui==3.4.1", "nicegui/static/socket.io.min.js"


@pytest.fixture(scope="session")
def playwright():
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def chromium(playwright):
    browser = launch(playwright)
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def firefox(playwright):
    if not firefox_browser.executable():
        pytest.skip("there is no Firefox that is no snap; FIREFOX may name one")
    browser = firefox_browser.launch(playwright)
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
    """Its clients share a machine with browsers: a late answer to a ping is none of their faults."""
    server = Server.echo("--ping-timeout", 20_000)
    yield server
    server.stop()


@pytest.fixture
def visit(chromium, site):
    """Opens the call page as somebody; everybody leaves when the test ends."""
    site.ensure()
    visitors = []

    def enter(room, name, transports=None, url=site.url, browser=chromium, **options):
        visitors.append(Visitor(browser, url, room, name, transports, **options))
        return visitors[-1]

    yield enter
    for visitor in visitors:
        visitor.close()
    site.check()


@pytest.fixture
def room():
    return f"browser-{uuid.uuid4()}"


@pytest.fixture(scope="session")
def official_folder(tmp_path_factory):
    """A folder for `--client-dir` with the official client."""
    folder = pathlib.Path(tmp_path_factory.mktemp("client"))
    fetched = subprocess.run(
        [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--ignore-requires-python", "--dest", folder, CARRIER],
        capture_output=True, text=True, timeout=300, check=False)
    if fetched.returncode:
        pytest.skip(f"the official client could not be downloaded: {fetched.stderr.strip()[-300:]}")
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as wheel:
        for name in ("socket.io.js", "socket.io.min.js"):
            (folder / name).write_bytes(wheel.read(OFFICIAL))
    return folder


@pytest.fixture(scope="session")
def official_site(official_folder):
    """The server with the web page, which gets the official client from it."""
    server = Server.serve("--client-dir", official_folder, web=str(ROOT / "web"))
    yield server
    server.stop()


@pytest.fixture
def proxied(site):
    """Proxies in front of a server, the site if no other is named."""
    proxies = []

    def between(server=site):
        proxies.append(Proxy(server.port))
        return proxies[-1]

    yield between
    for proxy in proxies:
        proxy.stop()


@pytest.fixture
def network(tmp_path):
    """Machines of their own; nothing is served on them yet."""
    if not shutil.which("ip") or os.geteuid() != 0:
        pytest.skip("needs root, and ip")
    network = Network(tmp_path)
    try:
        try:
            network.start()
        except subprocess.CalledProcessError as error:
            pytest.skip(f"no network namespace can be made here: {error.stderr.strip()}")
        yield network
    finally:
        network.stop()
