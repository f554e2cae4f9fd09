# SPDX-License-Identifier: Apache-2.0
"""LAN mode as a phone sees it: pages at an address of the network, with camera, over HTTPS of the local authority. The
network is a namespace of its own, which nothing else can reach."""

import os
import shutil
import subprocess
import time
import uuid

import pytest
from playwright.sync_api import Error

from chromium import FLAGS, Visitor, executable, mutual
from server import ROOT, binary

ADDRESS = "10.77.0.2"


def run(*words, check=True):
    return subprocess.run(list(map(str, words)), check=check, capture_output=True, text=True, timeout=30)


@pytest.fixture
def network():
    """The name of a network namespace with one address."""
    missing = [tool for tool in ("ip", "certutil") if not shutil.which(tool)]
    if missing or os.geteuid() != 0:
        pytest.skip(f"needs root, and {' and '.join(missing) or 'nothing else'}")
    name = f"parley-{uuid.uuid4().hex[:8]}"
    if (made := run("ip", "netns", "add", name, check=False)).returncode:
        pytest.skip(f"no network namespace can be made here: {made.stderr.strip()}")
    try:
        # Addresses that come a second later would be another network to a browser, which then drops what it loads.
        run("ip", "netns", "exec", name, "sh", "-c", "echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6")
        run("ip", "-n", name, "link", "add", "lan0", "type", "veth", "peer", "name", "lan1")
        run("ip", "-n", name, "address", "add", f"{ADDRESS}/24", "dev", "lan0")
        for device in "lo", "lan0", "lan1":
            run("ip", "-n", name, "link", "set", device, "up")
        yield name
    finally:
        run("ip", "netns", "delete", name, check=False)


@pytest.fixture
def lan(network, tmp_path):
    """The folder of the certificates of `parley serve --lan` in the namespace."""
    output = (tmp_path / "output").open("w+")
    process = subprocess.Popen(
        ["ip", "netns", "exec", network, binary(), "serve", "--lan", "--out", tmp_path / "certs", "--web", ROOT / "web"],
        stdout=output, stderr=subprocess.STDOUT)
    deadline = time.monotonic() + 30
    while "SHA-256 of the authority" not in (text := (tmp_path / "output").read_text()):
        assert process.poll() is None and time.monotonic() < deadline, text
        time.sleep(0.1)
    assert f"https://{ADDRESS}:3000/" in text and f"http://{ADDRESS}:3080/" in text
    yield tmp_path / "certs"
    process.terminate()
    assert process.wait(15) == 0


def browser(playwright, network, home):
    """A Chromium inside the namespace, with a home of its own."""
    wrapper = home / "chromium"
    wrapper.write_text(f'#!/bin/sh\nexec ip netns exec {network} {executable()} "$@"\n')
    wrapper.chmod(0o755)
    flags = [f"{flag}, EXCLUDE {ADDRESS}" if flag.startswith("--host-resolver-rules") else flag for flag in FLAGS]
    return playwright.chromium.launch(
        executable_path=wrapper, args=flags, timeout=60_000, env={**os.environ, "HOME": str(home)})


def trust(home, certificate):
    """What a person does with the settings of the browser."""
    database = home / ".pki" / "nssdb"
    database.mkdir(parents=True)
    run("certutil", "-d", f"sql:{database}", "-N", "--empty-password")
    run("certutil", "-d", f"sql:{database}", "-A", "-t", "C,,", "-n", "parley", "-i", certificate)


@pytest.mark.timeout(180)
def test_two_pages_call_each_other_at_an_address_of_the_network(playwright, network, lan, tmp_path, room):
    home = tmp_path / "home"
    home.mkdir()
    trust(home, lan / "parley-ca.pem")
    chromium = browser(playwright, network, home)
    ada, bob = (Visitor(chromium, f"https://{ADDRESS}:3000", room, name) for name in ("Ada", "Bob"))
    assert ada.page.evaluate("isSecureContext && location.protocol") == "https:"
    assert mutual(ada, bob)
    chromium.close()


@pytest.mark.timeout(120)
def test_a_browser_that_does_not_trust_the_authority_shows_no_page(playwright, network, lan, tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    chromium = browser(playwright, network, home)
    with pytest.raises(Error, match="ERR_CERT_AUTHORITY_INVALID"):
        chromium.new_page().goto(f"https://{ADDRESS}:3000/")
    page = chromium.new_page()
    page.goto(f"http://{ADDRESS}:3080/")
    with page.expect_download() as download:
        page.get_by_role("link", name="1. Get the certificate").click()
    assert download.value.suggested_filename == "parley-ca.crt"
    chromium.close()
