# SPDX-License-Identifier: Apache-2.0
"""SIGTERM: everybody is told, what is under way is confirmed or answered as it is, and the process ends with 0."""

import json
import signal
import socket
import time

import pytest

from peers import Bare, refused
from sessions import SOCKET, Direct, Polling
from wire import Http

OFFER = {"sdp": "v=0"}
MOST_SECONDS = 10
# Less than the second that is given to those who are to come for their close.
CLOSED_WITHIN = 0.4


@pytest.fixture
def server():
    from server import Server
    server = Server.serve("--threads", 2)
    yield server
    if server.process.poll() is None:
        server.kill()


def pair(server, room="r"):
    ada, bob = Bare(server), Bare(server)
    ada.join(room)
    bob.join(room)
    return ada, bob


def ends(server, within=MOST_SECONDS + 5):
    assert server.process.wait(within) == 0, server.output()
    assert not server.crash_line()


def terminate(server):
    server.process.send_signal(signal.SIGTERM)


def test_everybody_is_told_before_the_connection_ends(server):
    ada, bob = pair(server)
    answer = ada.ask_later("offer", {"to": bob.id, **OFFER})  # so that there is time for a poll on its way
    offer = bob.expect_event("offer", 5)
    poller, connection = Polling(server.port, SOCKET), Http(server.port)
    poller.say("40")
    while '42["welcome"' not in connection.request("GET", poller.target).text:
        pass
    poll = connection.begin("GET", poller.target)
    terminate(server)
    for peer in ada, bob:
        assert peer.expect("server:draining") == {"reason": "shutdown", "inMs": 5_000}
    assert '42["server:draining",' in poll.answer().text
    bob.acknowledge(offer, {"ok": True})
    assert answer()["ok"]
    ends(server)


def test_a_receipt_that_comes_in_time_is_told(server):
    ada, bob = pair(server)
    answer = ada.ask_later("offer", {"to": bob.id, **OFFER})
    offer = bob.expect_event("offer", 5)
    terminate(server)
    bob.expect("server:draining")
    bob.acknowledge(offer, {"ok": True})
    assert answer()["status"] == "delivered"
    ends(server)


def test_one_that_does_not_come_is_answered_as_sent(server):
    ada, bob = pair(server)
    answer = ada.ask_later("offer", {"to": bob.id, "timeoutMs": 30_000, **OFFER})
    bob.expect("offer")
    terminate(server)
    told = refused(answer_of(ada, answer), "ack_timeout")
    assert told["status"] == "sent"
    ends(server)


def answer_of(peer, answer):
    """The answer, however long the server waits for it."""
    while not peer.answers.get(peer.number):
        peer.read(15)
    return answer()


def test_a_signal_kept_for_somebody_who_is_away_is_not_left_open(server):
    ada, bob = pair(server)
    bob.drop()
    ada.expect("peer:away")
    assert ada.ask("offer", {"to": bob.id, "mid": "m1", **OFFER})["status"] == "queued"
    terminate(server)
    assert ada.expect("receipt") == {"mid": "m1", "to": bob.id, "status": "left"}
    assert ada.expect("peer:left")["reason"] == "server_shutdown"
    ends(server)


def test_nobody_new_comes_in_while_the_rest_goes(server):
    idle = Direct(server.port, SOCKET)
    ada, bob = pair(server)
    ada.ask_later("offer", {"to": bob.id, "timeoutMs": 30_000, **OFFER})
    bob.expect("offer")
    terminate(server)
    ada.expect("server:draining")
    idle.say("40")
    packet = idle.hear()
    assert packet.startswith("44") and json.loads(packet[2:])["data"] == {"code": "draining", "retryable": True}
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", server.port), timeout=1).close()
        except OSError:
            break
    else:
        raise AssertionError("it still listens")
    ends(server)


def test_websockets_are_closed_with_1001(server):
    ada, _ = pair(server)
    terminate(server)
    assert ada.session.ending() == 1001
    ends(server)


def test_who_is_between_two_polls_is_told_by_the_next(server):
    poller, connection = Polling(server.port, SOCKET), Http(server.port)
    poller.say("40")
    connection.request("GET", poller.target)
    terminate(server)
    assert connection.quiet(CLOSED_WITHIN)
    assert connection.request("GET", poller.target).text.endswith("\x1e1")
    ends(server)


def test_who_is_between_two_transports_is_told_by_the_second(server):
    """Once its probe is answered a client polls no more. If it lost the WebSocket then, it would wait for its next ping.
    Others, on both loops, never come."""
    pollers = [Polling(server.port, SOCKET) for _ in range(8)]
    candidates = [poller.candidate() for poller in pollers[:4]]
    for candidate in candidates:
        candidate.say("2probe")
        assert candidate.hear() == "3probe"
    terminate(server)
    assert candidates[0].quiet(CLOSED_WITHIN)
    for candidate in candidates:
        candidate.say("5")
        assert candidate.ending() == 1005
    ends(server)


def test_a_client_that_reads_nothing_does_not_keep_the_process(server):
    ada, bob = pair(server)
    bob.session.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    for _ in range(30):
        ada.say("message", {"to": bob.id, "data": "x" * 20_000})
    terminate(server)
    ends(server)


def test_under_load_every_request_is_answered_once(server):
    pairs = [pair(server, f"r{number}") for number in range(15)]
    answers = []
    for ada, bob in pairs:
        answers += [(ada, ada.ask_later("offer", {"to": bob.id, **OFFER}), ada.number) for _ in range(8)]
        for index in range(8):
            event = bob.expect_event("offer", 5)
            if index % 2:
                bob.acknowledge(event, {"ok": True})
    terminate(server)
    told = []
    for ada, answer, number in answers:
        while number not in ada.answers:
            ada.read(15)
        told.append(answer())
    assert sum(one["ok"] for one in told) == 60
    assert all(one["ok"] or one["error"]["code"] == "ack_timeout" for one in told)
    ends(server)


def test_a_second_signal_ends_it_at_once(server):
    ada, bob = pair(server)
    ada.ask_later("offer", {"to": bob.id, "timeoutMs": 30_000, **OFFER})
    bob.expect("offer")
    terminate(server)
    ada.expect("server:draining")
    terminate(server)
    assert server.process.wait(5) == 128 + signal.SIGTERM
