# SPDX-License-Identifier: Apache-2.0
"""A server that has no descriptor left for a connection: it waits without spinning, and serves again by itself."""

import os
import pathlib
import resource
import socket
import time

from peers import Bare


def ticks(pid):
    """The processor time that a process has had, in hundredths of a second."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(") ", 1)[1].split()
    return int(fields[11]) + int(fields[12])


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
