# SPDX-License-Identifier: Apache-2.0
"""Two browsers on machines of their own, as network namespaces are: their network is cut under signaling and media, or becomes
another one, and the call comes back without help."""

import os
import shutil
import subprocess
import time
import uuid

import pytest

from chromium import FLAGS, Visitor, executable, mutual
from server import ROOT, binary

HUB, PORT = "10.78.0.1", 3000
URL = f"http://{HUB}:{PORT}"

pytestmark = pytest.mark.timeout(300)


def run(*words, check=True):
    return subprocess.run(list(map(str, words)), check=check, capture_output=True, text=True, timeout=30)


class Network:
    """A namespace with a bridge and the server, and one for each browser."""

    def __init__(self, folder):
        self.prefix, self.folder = f"parley-{uuid.uuid4().hex[:6]}", folder
        self.spaces, self.processes = [], []

    def space(self, name):
        """Each without IPv6: addresses that come a second later would be another network to a browser."""
        full = f"{self.prefix}-{name}"
        run("ip", "netns", "add", full)
        self.spaces.append(full)
        run("ip", "netns", "exec", full, "sh", "-c", "echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6")
        run("ip", "-n", full, "link", "set", "lo", "up")
        return full

    def start(self):
        self.hub = self.space("hub")
        run("ip", "-n", self.hub, "link", "add", "bridge", "type", "bridge")
        run("ip", "-n", self.hub, "address", "add", f"{HUB}/24", "dev", "bridge")
        run("ip", "-n", self.hub, "link", "set", "bridge", "up")
        self.log = (self.folder / "server").open("w+")
        self.processes.append(subprocess.Popen(
            ["ip", "netns", "exec", self.hub, binary(), "serve", "--host", HUB, "--port", str(PORT), "--web", ROOT / "web",
             "--ping-interval", "4000", "--ping-timeout", "4000"], stdout=self.log, stderr=subprocess.STDOUT))
        ask = ["ip", "netns", "exec", self.hub, "python3", "-c", f"import urllib.request; urllib.request.urlopen('{URL}/healthz', timeout=2)"]
        deadline = time.monotonic() + 30
        while run(*ask, check=False).returncode:
            assert time.monotonic() < deadline and self.processes[0].poll() is None, (self.folder / "server").read_text()

    def host(self, name, number):
        """A machine whose cable is in the bridge."""
        space = self.space(name)
        run("ip", "-n", self.hub, "link", "add", name, "type", "veth", "peer", "name", "lan0", "netns", space)
        run("ip", "-n", space, "address", "add", f"10.78.0.{number}/24", "dev", "lan0")
        for where, device in (space, "lan0"), (self.hub, name):
            run("ip", "-n", where, "link", "set", device, "up")
        self.plug(name)
        wrapper = self.folder / name
        wrapper.write_text(f'#!/bin/sh\nexec ip netns exec {space} {executable()} "$@"\n')
        wrapper.chmod(0o755)
        return wrapper

    def unplug(self, name):
        """Nothing gets through any more, and no end is told."""
        run("ip", "-n", self.hub, "link", "set", name, "nomaster")

    def plug(self, name):
        run("ip", "-n", self.hub, "link", "set", name, "master", "bridge")

    def move(self, name, before, after):
        """Another address for the machine."""
        space = f"{self.prefix}-{name}"
        run("ip", "-n", space, "address", "delete", f"10.78.0.{before}/24", "dev", "lan0")
        run("ip", "-n", space, "address", "add", f"10.78.0.{after}/24", "dev", "lan0")

    def stop(self):
        for process in self.processes:
            process.terminate()
            process.wait(15)
        for space in self.spaces:
            run("ip", "netns", "delete", space, check=False)


@pytest.fixture
def network(tmp_path):
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


@pytest.fixture
def pair(network, playwright, room):
    """Ada and Bob in a call, each in a browser on a machine of their own."""
    flags = [f"{flag}, EXCLUDE {HUB}" if flag.startswith("--host-resolver-rules") else flag for flag in FLAGS]
    flags.append(f"--unsafely-treat-insecure-origin-as-secure={URL}")
    browsers = [playwright.chromium.launch(executable_path=network.host(name, number), args=flags, timeout=60_000)
                for name, number in (("ada", 11), ("bob", 12))]
    visitors = [Visitor(browser, URL, room, name) for browser, name in zip(browsers, ("Ada", "Bob"))]
    assert mutual(*visitors)
    yield visitors
    for browser in browsers:
        browser.close()


def is_back(visitor):
    visitor.until("window.parley.state().session === 'connected'", within=60)
    visitor.until("window.parley.state().peers.length === 1 && window.parley.state().peers[0].state === 'connected'", within=90)


@pytest.mark.parametrize("seconds", [6, 25], ids=["a short cut", "a cut that outlasts ICE"])
def test_a_call_comes_back_after_its_network_was_cut(network, pair, seconds):
    ada, bob = pair
    network.unplug("ada")
    ada.until("window.parley.state().session === 'reconnecting'", within=30)
    ada.until("['interrupted', 'restarting'].includes(window.parley.state().peers[0].state)", within=60)
    time.sleep(seconds)
    network.plug("ada")
    for one in ada, bob:
        is_back(one)
    assert ada.sees(bob, within=60) and bob.sees(ada, within=60)
    assert (ada.peers(), bob.peers()) == ([bob.id], [ada.id]), "nobody had to join anew"
    assert not ada.problems + bob.problems


def test_a_call_goes_on_at_another_address(network, pair):
    ada, bob = pair
    network.move("ada", 11, 21)
    deadline = time.monotonic() + 120
    while not (ada.sees(bob, within=10) and bob.sees(ada, within=10)):
        assert time.monotonic() < deadline, (ada.page.evaluate("window.parley.state()"), bob.page.evaluate("window.parley.state()"))
    for one in ada, bob:
        is_back(one)
    assert (ada.peers(), bob.peers()) == ([bob.id], [ada.id])
