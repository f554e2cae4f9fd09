# SPDX-License-Identifier: Apache-2.0
"""IPv4 and IPv6: what the server listens on, and that a client is the same one whichever way it came."""

import os
import re
import subprocess
import time

import pytest
import requests

from peers import Bare
from server import Server, binary, free_port
from sessions import SOCKET, Direct

needs_ipv6 = pytest.mark.skipif(not os.path.exists("/proc/net/if_inet6"), reason="this machine has no IPv6")


def serve(host, *arguments):
    port = free_port()
    return Server("serve", ["--host", host, "--port", port, "--no-web", *arguments], [])


def healthy(server, host):
    port = server.arguments[server.arguments.index("--port") + 1]
    try:
        return requests.get(f"http://{host}:{port}/healthz", timeout=5).status_code == 200
    except requests.ConnectionError:
        return False


def started(server):
    """Where it says it listens, without the port."""
    port = server.arguments[server.arguments.index("--port") + 1]
    while not (found := re.search(r"listens on (.*)\n", server.output())):
        server.check()
        time.sleep(0.02)
    return found[1].replace(f":{port}", ":PORT")


@needs_ipv6
@pytest.mark.parametrize("host, line, reached, missed", [
    ("::", "http://[::]:PORT (all addresses)", ["127.0.0.1", "[::1]"], []),
    ("0.0.0.0", "http://0.0.0.0:PORT (all addresses)", ["127.0.0.1"], ["[::1]"]),
    ("::1", "http://localhost:PORT", ["[::1]"], ["127.0.0.1"]),
    ("127.0.0.1", "http://localhost:PORT", ["127.0.0.1"], ["[::1]"]),
    ("127.0.0.2", "http://127.0.0.2:PORT", ["127.0.0.2"], ["127.0.0.1", "[::1]"])])
def test_it_listens_where_it_says(host, line, reached, missed):
    server = serve(host)
    try:
        assert started(server) == line
        assert [healthy(server, each) for each in reached + missed] == [True] * len(reached) + [False] * len(missed)
    finally:
        server.stop()


def test_the_page_is_opened_at_an_address_that_browsers_open():
    done = subprocess.run([binary(), "serve", "--help"], capture_output=True, text=True, timeout=20, check=True)
    assert ":: for all of them" in done.stdout
    server = Server("serve", ["--host", "0.0.0.0", "--port", port := free_port()], [port])
    try:
        assert f"Open http://localhost:{port}/ in two windows" in server.output()
    finally:
        server.stop()


@needs_ipv6
def test_a_client_of_version_4_is_one_on_a_listener_for_both():
    """Those of 127.0.0.0/8 read the metrics, also in the clothes of IPv6; and lists name them as people write them."""
    port = free_port()
    server = Server("serve", ["--host", "::", "--port", port, "--no-web", "--log-level", "info", "--log-format", "json"], [port])
    try:
        assert requests.get(f"http://127.0.0.1:{port}/metrics", timeout=5).status_code == 200
        peer = Bare(server, Direct(port, SOCKET))
        peer.join("r")
        while "peer:joined" not in server.output():
            server.check()
            time.sleep(0.02)
        assert '"address":"127.0.0.1"' in server.output() and "::ffff" not in server.output()
        peer.leave()
    finally:
        server.stop()
