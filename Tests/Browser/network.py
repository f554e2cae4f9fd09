# SPDX-License-Identifier: Apache-2.0
"""Browsers, a server and a TURN server on machines of their own, as network namespaces are: cables can be pulled, and what goes through
the middle can be dropped."""

import subprocess
import time
import uuid

from chromium import FLAGS, Visitor, executable
from coturn import configuration
from server import ROOT, binary

HUB, PORT, TURN_PORT = "10.78.0.1", 3000, 3478
URL = f"http://{HUB}:{PORT}"
START_SECONDS = 30


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

    def run_inside(self, name, port, *words):
        """Starts a program on the hub, and waits until its port accepts."""
        with (self.folder / f"{name}.log").open("wb") as log:
            process = subprocess.Popen(["ip", "netns", "exec", self.hub, *words], stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self.processes.append(process)
        ask = ["ip", "netns", "exec", self.hub, "python3", "-c", f"import socket; socket.create_connection(('{HUB}', {port}), 2)"]
        deadline = time.monotonic() + START_SECONDS
        while run(*ask, check=False).returncode:
            assert time.monotonic() < deadline and process.poll() is None, (self.folder / f"{name}.log").read_text(errors="replace")

    def serve(self, *options):
        self.run_inside("server", PORT, binary(), "serve", "--host", HUB, "--port", str(PORT), "--web", ROOT / "web",
                        "--ping-interval", "4000", "--ping-timeout", "4000", *options)

    def turn(self, secret):
        """A TURN server beside the server, by UDP and by TCP."""
        file = self.folder / "turnserver.conf"
        file.write_text(configuration(self.folder, secret, HUB, TURN_PORT))
        self.run_inside("turn", TURN_PORT, "turnserver", "-c", file)

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

    def browser(self, playwright, name, number):
        """A Chromium on a machine of its own."""
        flags = [f"{flag}, EXCLUDE {HUB}" if flag.startswith("--host-resolver-rules") else flag for flag in FLAGS]
        flags.append(f"--unsafely-treat-insecure-origin-as-secure={URL}")
        return playwright.chromium.launch(executable_path=self.host(name, number), args=flags, timeout=60_000)

    def block_udp(self, *names):
        """What comes from these machines by UDP is swallowed in the middle, and nobody is told, as by a firewall."""
        nft = ["ip", "netns", "exec", self.hub, "nft"]
        run(*nft, "add table bridge wall")
        run(*nft, "add chain bridge wall through { type filter hook prerouting priority 0; }")
        for name in names:
            run(*nft, f'add rule bridge wall through iifname "{name}" meta l4proto udp counter drop')

    def dropped(self):
        """How many packets the wall has swallowed, in all."""
        rules = run("ip", "netns", "exec", self.hub, "nft", "list", "table", "bridge", "wall").stdout.split()
        return sum(int(number) for word, number in zip(rules, rules[1:]) if word == "packets")

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
