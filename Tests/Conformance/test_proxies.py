# SPDX-License-Identifier: Apache-2.0
"""Whom the server takes a client behind a proxy for."""

import subprocess
import time

import pytest

from frames import Refused
from peers import Bare, refused
from server import binary
from sessions import SOCKET, Direct, Polling, query
from wire import fetch

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


def test_sessions_count_for_the_address_that_a_trusted_proxy_names(parley):
    server = parley("--trusted-proxy", "127.0.0.0/8", "--max-connections-per-address", 2)

    def session(kind, address):
        return kind(server.port, SOCKET, {"X-Forwarded-For": address})

    kept = [session(Direct, "192.0.2.1"), session(Polling, "192.0.2.1")]
    with pytest.raises(Refused) as refusal:
        session(Direct, "192.0.2.1")
    assert refusal.value.answer.status == 503
    answer = fetch(server.port, "GET", query("polling", path=SOCKET), {"X-Forwarded-For": "192.0.2.1"})
    assert (answer.status, answer.text) == (503, "This address has too many connections.\n")
    others = [session(Direct, f"192.0.2.{number}") for number in range(2, 8)]
    kept.pop(0).close()
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        try:
            others.append(session(Direct, "192.0.2.1"))
            break
        except Refused:
            time.sleep(0.05)
    else:
        raise AssertionError("a session that ended is still counted")
    for other in others:
        other.close()


@pytest.mark.parametrize("text", ["example.org", "10.0.0.0/33"])
def test_what_is_no_network_is_said_at_the_start(text):
    done = subprocess.run(
        [binary(), "serve", "--no-web", "--port", "0", "--trusted-proxy", text], capture_output=True, text=True, timeout=20)
    assert done.returncode == 64
    assert f'--trusted-proxy must be an IP address, or a network such as 10.0.0.0/8, not "{text}".' in done.stderr
