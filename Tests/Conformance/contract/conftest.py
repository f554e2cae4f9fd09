# SPDX-License-Identifier: Apache-2.0
"""The servers, the clients and the breakable wires of the contract tests.

`meet` connects clients of one kind: python-socketio or Parley's browser client, each over polling and over WebSocket.
A test that asks for `meet` runs with all four. `bare` connects peers on bare packets, where packets must be counted.
"""

import uuid

import pytest

from contract.browser import Browser, Driver
from contract.clients import Python
from contract.wires import Loop, Wire
from peers import Bare
from server import Server

KINDS = ["python-polling", "python-websocket", "browser-polling", "browser-websocket"]


@pytest.fixture(scope="session")
def loop():
    loop = Loop()
    yield loop
    loop.stop()


@pytest.fixture(scope="session")
def driver():
    driver = Driver()
    yield driver
    driver.stop()


@pytest.fixture(scope="session")
def servers():
    """Servers by their flags; each is started when a test first asks for it."""
    started = {}

    def serve(*flags):
        flags = flags if "--threads" in flags else ("--threads", 2, *flags)
        if flags not in started:
            started[flags] = Server.serve(*flags)
        started[flags].ensure()
        return started[flags]

    yield serve
    for server in started.values():
        server.stop()


@pytest.fixture
def server(servers):
    server = servers()
    yield server
    server.check()


@pytest.fixture
def brief(servers):
    """A server that gives up a lost peer after one second."""
    server = servers("--resume-window", 1)
    yield server
    server.check()


@pytest.fixture(params=KINDS)
def kind(request):
    return request.param


@pytest.fixture
def connect(kind, loop, request):
    """Connects clients of one kind to a server; they are gone when the test is."""
    clients = []

    def connect(server, transport=None, **how):
        name, usual = kind.split("-")
        wire = Wire(loop, server.port)
        make = Python if name == "python" else lambda *rest: Browser(request.getfixturevalue("driver"), *rest)
        clients.append(make(wire, transport or usual, how.get("auth")))
        return clients[-1]

    yield connect
    for client in clients:
        client.close()


@pytest.fixture
def meet(connect, server):
    return lambda **how: connect(server, **how)


@pytest.fixture
def bare(server):
    peers = []

    def connect(on=server, **how):
        peers.append(Bare(on, **how))
        return peers[-1]

    yield connect
    for peer in peers:
        peer.drop()


@pytest.fixture
def room():
    return f"room-{uuid.uuid4()}"


def _pair(first, second, room):
    first.join(room)
    second.join(room)
    first.expect("peer:joined")
    return first, second


@pytest.fixture
def pair(meet, room):
    """Two peers in one room; the first is its owner."""
    return _pair(meet(), meet(), room)


@pytest.fixture
def bare_pair(bare, room):
    return _pair(bare(), bare(), room)


@pytest.fixture
def brief_pair(connect, brief, room):
    return _pair(connect(brief), connect(brief), room)
