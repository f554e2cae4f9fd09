# SPDX-License-Identifier: Apache-2.0
"""What the work costs the server, in counts that do not depend on the machine's speed. Timings are never asserted.

One client drives the server in lock-step: everything of a window is written at once, and nothing before the last of
it has been answered. So every run does the same, and a count means the code, not the weather."""

import collections
import json
import resource
import time

import pytest

from admins import NAME, PASSWORD, account
from certificates import Pair
from counted import CountedServer, system_calls
from frames import CLOSE, TEXT, frame
from peers import Bare
from server import Server
from sessions import SOCKET, Direct
from wire import over

Cost = collections.namedtuple("Cost", "instructions allocations system_calls")
# The most that one unit of each work may cost: about a tenth above what was measured last. Lower them with the code.
MOST = {
    "offer, window 1": Cost(instructions=17_000, allocations=0.1, system_calls=6.6),
    "offer, window 8": Cost(instructions=14_200, allocations=0.1, system_calls=0.95),
    "candidate, window 8": Cost(instructions=7_300, allocations=0.1, system_calls=0.55),
    "broadcast, one delivery of 49": Cost(instructions=2_850, allocations=0.5, system_calls=1.2),
    "connect, join, leave, disconnect": Cost(instructions=121_000, allocations=52, system_calls=22.5),
}
# The same between two loops; how often one wakes the other is a matter of time, so system calls are not counted.
BETWEEN_LOOPS = Cost(instructions=18_900, allocations=3.3, system_calls=None)
# Instructions of an offer while an admin follows everything that happens, against while none does.
FOLLOWED = 1.03
# Instructions of an offer beside many idle peers, against beside few.
FLAT = 1.15
FEW, MANY = 20, 2_000
# How often a loop asks before it sleeps is a matter of time.
CALM = ["--threads", 1, "--busy-poll", 0, "--ping-interval", 3_600_000]

SDP = ("v=0\\r\\no=- 4611731400430051336 2 IN IP4 127.0.0.1\\r\\ns=-\\r\\nt=0 0\\r\\n"
       + "a=candidate:1 1 udp 2122260223 192.0.2.1 54400 typ host generation 0 network-id 1\\r\\n" * 28)
CANDIDATE = ('{"candidate":"candidate:842163049 1 udp 1677729535 192.0.2.7 46154 typ srflx raddr 10.0.0.17 rport 46154 '
             'generation 0 ufrag 4ZcD network-cost 999","sdpMid":"0","sdpMLineIndex":0,"usernameFragment":"4ZcD"}')


@pytest.fixture(scope="module")
def servers():
    """A counted server and a plain one for all of this file: each work counts only what it does itself."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))  # valgrind keeps to the limit that it starts with
    counted, plain = CountedServer(), Server.serve(*CALM)
    yield counted, plain
    counted.stop()
    plain.stop()
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.fixture
def come():
    """Call it with a server, a room and a number; those who came leave when the test ends."""
    inside = []

    def come(server, room, number):
        came = [Bare(server) for _ in range(number)]
        for peer in came:
            assert peer.ask("join", {"room": room})["ok"]
        for peer in came[:-1]:
            peer.ask("peers", {"room": room})  # the notices about those who joined later are read by then
        inside.extend(came)
        return came

    yield come
    for peer in inside:
        peer.leave()


def say(peer, packets):
    """All in one write."""
    peer.session.send(b"".join(frame(TEXT, packet.encode()) for packet in packets))


def hear(peer):
    """The next packet, but for the offsets that peers are told now and then so that they can resume."""
    while (packet := peer.session.hear()).startswith('42["offset"'):
        pass
    return packet


def relay(sender, receiver, event, window, rounds):
    """So many rounds of `window` signals from one peer to another, each acknowledged end to end where it asks for it."""
    asked = [f"42{number}{event}" for number in range(window)]
    for _ in range(rounds):
        say(sender, asked)
        arrived = [hear(receiver) for _ in range(window)]
        numbers = [packet[2:packet.index("[")] for packet in arrived]
        if any(numbers):
            say(receiver, [f'43{number}[{{"ok":true}}]' for number in numbers])
        for number in range(window):
            answer = hear(sender)
            assert answer.startswith(f'43{number}[{{"ok":true'), answer


def offer(to):
    return f'["offer",{{"to":"{to.id}","sdp":"{SDP}"}}]'


def candidate(to):
    return f'["candidate",{{"to":"{to.id}","candidate":{CANDIDATE}}}]'


def broadcast(sender, others, room, rounds):
    for _ in range(rounds):
        say(sender, [f'42["message",{{"room":"{room}","data":"{SDP}"}}]'])
        for peer in others:
            packet = hear(peer)
            assert packet.startswith('42["message"'), packet


def cycle(server, witness, rounds):
    """Peers that come, join, leave and go, one after the other."""
    for number in range(rounds):
        peer = Bare(server)
        assert peer.ask("join", {"room": f"cycle-{number}"})["ok"]
        assert peer.ask("leave", {"room": f"cycle-{number}"})["ok"]
        peer.session.send(frame(TEXT, b"41") + frame(CLOSE, b"\x03\xe8"))
        peer.session.ending()
        peer.session.close()
    witness.ask("peers", {"room": "witness"})  # answered after all that came before it


def instructions(server, units, work):
    """Instructions and allocations of one unit, which is done beforehand, so that nothing is done for the first time."""
    work()
    return [round(count / units, 2) for count in server.count(work)]


def check(name, servers, units, prepare):
    """Compares what one unit costs with the most allowed; `prepare` makes the work for a server."""
    counted, plain = servers
    work = prepare(plain)
    work()
    calls = round(system_calls(plain, work) / units, 2)
    found = Cost(*instructions(counted, units, prepare(counted)), calls)
    print(f"{name}: {found}")
    over = [field for field in Cost._fields if getattr(found, field) > getattr(MOST[name], field)]
    assert not over, f"{name}: {', '.join(over)} above the most allowed\nfound   {found}\nallowed {MOST[name]}"


@pytest.mark.parametrize("name, signal, window, rounds", [
    ("offer, window 1", offer, 1, 100), ("offer, window 8", offer, 8, 40), ("candidate, window 8", candidate, 8, 40)])
def test_a_relay_costs_no_more_than_it_did(servers, come, name, signal, window, rounds):
    def prepare(server):
        a, b = come(server, "pair", 2)
        return lambda: relay(a, b, signal(b), window, rounds)

    check(name, servers, window * rounds, prepare)


def test_a_relay_between_loops_costs_no_more_than_it_did(come):
    counted = CountedServer("--threads", 2)
    try:
        a, b = come(counted, "pair", 2)  # connections go to the loops in turn
        found = Cost(*instructions(counted, 8 * 40, lambda: relay(a, b, offer(b), 8, 40)), None)
        print(f"offer, window 8, between loops: {found}")
        assert 1 < found.allocations <= BETWEEN_LOOPS.allocations, "without any they would be on one loop"
        assert found.instructions <= BETWEEN_LOOPS.instructions
    finally:
        counted.stop()


@pytest.mark.parametrize("name, window, rounds", [("offer, window 1", 1, 100), ("offer, window 8", 8, 40)])
def test_a_relay_over_tls_takes_the_same_system_calls(tmp_path, parley, name, window, rounds):
    """Instructions are not compared: how many encryption takes is a matter of the processor."""
    pair = Pair(tmp_path)
    server = parley(*CALM, *pair.flags)
    a, b = (Bare(server, over(pair.trust(), Direct)(server.port, SOCKET)) for _ in range(2))
    for peer in (a, b):
        peer.join("pair")
    a.ask("peers", {"room": "pair"})
    relay(a, b, offer(b), window, rounds)
    calls = round(system_calls(server, lambda: relay(a, b, offer(b), window, rounds)) / (window * rounds), 2)
    print(f"{name}, over TLS: {calls} system calls")
    assert calls <= MOST[name].system_calls


def test_a_broadcast_costs_no_more_than_it_did(servers, come):
    def prepare(server):
        sender, *others = come(server, "crowd", 50)
        return lambda: broadcast(sender, others, "crowd", 10)

    check("broadcast, one delivery of 49", servers, 49 * 10, prepare)


def test_coming_and_going_costs_no_more_than_it_did(servers, come):
    def prepare(server):
        [witness] = come(server, "witness", 1)
        return lambda: cycle(server, witness, 50)

    check("connect, join, leave, disconnect", servers, 50, prepare)


def test_an_offer_costs_the_same_beside_many_idle_peers(servers, come):
    counted, _ = servers
    a, b = come(counted, "pair", 2)

    def beside():
        return instructions(counted, 8 * 40, lambda: relay(a, b, offer(b), 8, 40))[0]

    come(counted, "idle", FEW)
    few = beside()
    for number in range(MANY // 2):
        come(counted, f"idle-{number}", 2)
    many = beside()
    print(f"beside {FEW} idle peers {few}, beside {MANY} {many}")
    assert many < few * FLAT, f"beside {FEW} idle peers {few} instructions, beside {MANY} {many}"


@pytest.mark.timeout(240)
def test_an_admin_who_follows_everything_costs_relays_next_to_nothing(tmp_path):
    """What the server does for an admin once a second, whatever happens, is measured apart: under callgrind a second
    holds fewer relays than it would."""
    server = CountedServer("--connect-timeout", 600_000, *account(tmp_path))
    peers = a, b = Bare(server), Bare(server)
    for peer in peers:
        peer.join("pair")
    a.ask("peers", {"room": "pair"})
    units = 8 * 200

    def relays():
        relay(a, b, offer(b), 8, units // 8)

    alone = instructions(server, units, relays)[0]
    admin = Direct(server.port, SOCKET)
    admin.socket.settimeout(60)  # comparing the password takes its time under callgrind
    admin.say("40/admin," + json.dumps({"username": NAME, "password": PASSWORD}))
    for say, mark in ("", "40/admin,"), ('42/admin,1["subscribe",{}]', '43/admin,1[{"ok":true'):
        if say:
            admin.say(say)
        while not admin.hear().startswith(mark):
            pass
    begun = time.monotonic()
    idle = server.count(lambda: time.sleep(6)).instructions / (time.monotonic() - begun)
    relays()
    begun = time.monotonic()
    followed = server.count(relays).instructions
    apart = idle * (time.monotonic() - begun)
    ratio = (followed - apart) / units / alone
    print(f"alone {alone}, followed {followed / units:.0f} with {idle:.0f} a second whatever happens: {ratio:.4f}")
    server.stop()
    assert ratio < FOLLOWED
