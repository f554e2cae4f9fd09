# SPDX-License-Identifier: Apache-2.0
"""Descriptors: connections that come and go leave none behind, and a server that has none left serves again by itself."""

import os
import pathlib
import resource
import socket
import time

from peers import Bare
from sessions import SOCKET, Direct, Polling, connected


def ticks(pid):
    """The processor time that a process has had, in hundredths of a second."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(") ", 1)[1].split()
    return int(fields[11]) + int(fields[12])


def descriptors(server):
    return len(os.listdir(f"/proc/{server.process.pid}/fd"))


def come_and_go(server, cycles):
    """Connections that end in every way: silent, in the middle of a request, as sessions that fall silent."""
    for cycle in range(cycles):
        if cycle % 100 == 0:
            connected(Polling(server.port, SOCKET))
            with Direct(server.port, SOCKET) as session:
                connected(session)
        with socket.create_connection(("127.0.0.1", server.port)) as connection:
            if cycle % 5 == 0:
                connection.sendall(b"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: x")


def test_fifty_thousand_connections_leave_nothing_behind(parley):
    server = parley("--threads", 1, "--ping-interval", 1000, "--ping-timeout", 1000, "--resume-window", 0)
    alone = descriptors(server)
    come_and_go(server, 5_000)
    before = server.resident_kib()
    come_and_go(server, 50_000)
    until = time.monotonic() + 20
    while descriptors(server) > alone and time.monotonic() < until:
        time.sleep(0.1)
    assert descriptors(server) <= alone
    assert server.resident_kib() - before <= 16 * 1024


def test_out_of_descriptors_it_neither_spins_nor_stops(parley):
    server = parley("--threads", 1)
    pid = server.process.pid
    inside, other = Bare(server), Bare(server)
    for peer in (inside, other):
        assert peer.ask("join", {"room": "r"})["ok"]
    used = len(os.listdir(f"/proc/{pid}/fd"))
    _, hard = resource.prlimit(pid, resource.RLIMIT_NOFILE)
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (used + 5, hard))
    waiting = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(20)]
    time.sleep(0.3)
    before = ticks(pid)
    time.sleep(1)
    assert len(os.listdir(f"/proc/{pid}/fd")) == used + 5, "there was a descriptor left"
    assert ticks(pid) - before < 30, "it spins"
    assert inside.ask("peers", {"room": "r"})["ok"], "those who are in are served"
    for connection in waiting:
        connection.close()
    third = Bare(server)
    assert third.ask("join", {"room": "r"})["ok"]
    assert inside.expect("peer:joined")["peer"]["peerId"] in (other.id, third.id)
    for peer in (inside, other, third):
        peer.leave()
