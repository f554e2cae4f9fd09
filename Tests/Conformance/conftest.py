# SPDX-License-Identifier: Apache-2.0
"""The servers the tests talk to: two shared ones, and a maker for tests that need flags of their own."""

import pytest

from server import Server


@pytest.fixture(scope="session")
def _echo():
    server = Server.echo()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def _relay():
    server = Server.serve()
    yield server
    server.stop()


def _guarded(server):
    """Ends the test that crashes the server with an error, and gives the next one a living server."""
    server.ensure()
    yield server
    server.check()


@pytest.fixture
def echo(_echo):
    yield from _guarded(_echo)


@pytest.fixture
def relay(_relay):
    yield from _guarded(_relay)


@pytest.fixture
def engine(echo):
    """Port of the Engine.IO echo server."""
    return echo.ports[0]


@pytest.fixture
def socketio_port(echo):
    """Port of the Socket.IO echo server."""
    return echo.ports[1]


@pytest.fixture
def websocket_port(echo):
    """Port of the bare WebSocket echo server."""
    return echo.ports[2]


@pytest.fixture
def parley():
    """Call it with flags of `parley serve`; what it starts is stopped when the test ends."""
    started = []

    def start(*arguments, web=None):
        started.append(Server.serve(*arguments, web=web))
        return started[-1]

    yield start
    for server in started:
        server.stop()
