# SPDX-License-Identifier: Apache-2.0
"""Ten thousand joins that race for the seats of rooms, from peers spread over the event loops."""

import random

import pytest

from peers import Bare

PEERS, JOINS = 40, 10_000


@pytest.mark.timeout(120)
def test_never_one_too_many_and_never_a_lost_seat(parley):
    server = parley("--threads", 4)
    peers = [Bare(server) for _ in range(PEERS)]
    chance = random.Random(11)
    joins = number = 0
    while joins < JOINS:
        number += 1
        room, seats = f"race-{number}", chance.randint(1, PEERS)
        inside = race(peers, room, seats, chance)
        assert len(inside) == min(seats, PEERS)
        leaving = chance.sample(inside, chance.randint(0, len(inside) - 1))
        # Some go while the others try again: as many seats as are free by then are taken, and no more.
        gone = [peer.ask_later("leave", {"room": room}) for peer in leaving]
        outside = [peer for peer in peers if peer not in inside]
        late = race(outside, room, seats, chance)
        assert all(answer()["ok"] for answer in gone)
        now = [peer for peer in inside if peer not in leaving] + late
        again = race([peer for peer in peers if peer not in now], room, seats, chance)
        assert len(now) <= seats and len(now) + len(again) == min(seats, PEERS)
        joins += PEERS + len(outside) + PEERS - len(now)
        members = {peer.id for peer in now + again}
        witness = (now + again)[0]
        seen = {peer["peerId"] for peer in witness.ask("peers", {"room": room})["peers"]} | {witness.id}
        assert seen == members
        for peer in now + again:
            peer.ask("leave", {"room": room})
            peer.heard.clear()
    for peer in peers:
        peer.leave()


def race(peers, room, seats, chance):
    """Lets all of them ask at once, in any order; returns who got in."""
    order = chance.sample(peers, len(peers))
    asked = [(peer, peer.ask_later("join", {"room": room, "settings": {"capacity": seats}})) for peer in order]
    inside = []
    for peer, answer in asked:
        answer = answer()
        if answer["ok"]:
            inside.append(peer)
        else:
            assert answer["error"]["code"] == "room_full"
    return inside
