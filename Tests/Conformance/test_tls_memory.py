# SPDX-License-Identifier: Apache-2.0
"""No handshake, however broken, makes the server touch memory that is not its own, nor does a change of certificates."""

import random
import signal
import time

from certificates import Pair
from counted import CheckedServer
from peers import Bare
from sessions import SOCKET, Direct
from test_tls_hostile import opening
from wire import Http, Stream, over


def test_memory_is_sound_under_broken_handshakes_and_changing_certificates(tmp_path):
    pair, chance = Pair(tmp_path), random.Random(11)
    server = CheckedServer(*pair.flags)
    try:
        peers = [Bare(server, over(pair.trust(), Direct)(server.port, SOCKET)) for _ in range(2)]
        for peer in peers:
            peer.join("room")
        hello = opening(pair)[0]
        pair.write()
        server.process.send_signal(signal.SIGHUP)
        for number in range(80):
            broken = bytearray(hello)
            broken[chance.randrange(len(broken))] ^= 1 << chance.randrange(8)
            with Stream(server.port) as stream:
                stream.send(bytes(broken[:chance.randrange(1, 2 * len(broken))]))
        answer = peers[0].ask_later("offer", {"to": peers[1].id, "sdp": "x" * 50_000})
        event = peers[1].expect_event("offer", 20)
        peers[1].acknowledge(event, {"ok": True})
        assert answer()["ok"] is True
        deadline = time.monotonic() + 20
        while "was read again" not in server.output() and time.monotonic() < deadline:
            time.sleep(0.1)
        with over(pair.trust(), Http)(server.port) as http:
            assert http.request("GET", "/healthz").status == 200
        peers[0].leave()
        peers[1].drop()
    finally:
        server.stop()
