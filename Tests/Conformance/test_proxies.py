# SPDX-License-Identifier: Apache-2.0
"""Whom the server takes a client behind a proxy for."""

import subprocess

import pytest

from peers import Bare, refused
from server import binary
from sessions import SOCKET, Direct

ROOM = "behind-a-proxy"


def peer(server, *addresses):
    """A peer whose request names the addresses, as proxies would."""
    return Bare(server, Direct(server.port, SOCKET, {"X-Forwarded-For": ", ".join(addresses)}))


def banned_by_address(server, eve):
    """Lets the owner of a room ban a peer by its address."""
    owner = peer(server, "192.0.2.1")
    owner.join(ROOM)
    eve.join(ROOM)
    answer = owner.ask("moderate", {"room": ROOM, "peerId": eve.id, "action": "ban", "by": ["address"]})
    assert answer["ok"] is True, answer
    return owner


def test_a_client_behind_a_trusted_proxy_has_the_address_that_the_proxy_names(parley):
    server = parley("--trusted-proxy", "127.0.0.1")
    owner = banned_by_address(server, peer(server, "192.0.2.66"))
    refused(peer(server, "192.0.2.66").ask("join", {"room": ROOM}), "banned")
    refused(peer(server, "203.0.113.1", "192.0.2.66").ask("join", {"room": ROOM}), "banned")
    peer(server, "192.0.2.67").join(ROOM)
    owner.drop()


def test_nobody_else_is_believed(parley):
    server = parley("--trusted-proxy", "10.0.0.0/8")
    owner = banned_by_address(server, peer(server, "192.0.2.66"))
    refused(peer(server, "192.0.2.67").ask("join", {"room": ROOM}), "banned")
    owner.drop()


def test_connections_of_a_trusted_proxy_are_not_counted(parley):
    server = parley("--trusted-proxy", "127.0.0.0/8", "--max-connections-per-address", 2)
    sessions = [Direct(server.port, SOCKET) for _ in range(5)]
    for session in sessions:
        session.close()


@pytest.mark.parametrize("text", ["example.org", "10.0.0.0/33"])
def test_what_is_no_network_is_said_at_the_start(text):
    done = subprocess.run(
        [binary(), "serve", "--no-web", "--port", "0", "--trusted-proxy", text], capture_output=True, text=True, timeout=20)
    assert done.returncode == 64
    assert f'--trusted-proxy must be an IP address, or a network such as 10.0.0.0/8, not "{text}".' in done.stderr
