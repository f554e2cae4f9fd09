# SPDX-License-Identifier: Apache-2.0
"""Eight pages in one room: each of the 28 pairs stands and carries data."""

import time

import pytest

NAMES = ("Ada", "Bob", "Cyd", "Dan", "Eve", "Fay", "Gus", "Hal")
OTHERS, WITHIN = len(NAMES) - 1, 120

# Connections, and tiles that show them. Nobody has a camera: 56 pictures are more than two cores can make.
STANDING = """() => [[...(window.parley?.room.peers.values() ?? [])].filter(({pc}) => pc.connectionState === "connected").length,
  document.querySelectorAll('[data-peer-id][data-state="connected"]').length]"""
LISTEN = """() => {
  window.heard = new Set();
  window.parley.room.on("channel", (channel, {id}) => { channel.onmessage = ({data}) => data === id && window.heard.add(id); });
}"""
SPEAK = """() => {
  for (const peer of window.parley.room.peers.values()) {
    const channel = peer.channel("proof");
    channel.onopen = () => channel.send(window.parley.session.peerId);
  }
}"""


def until(pages, script, wanted):
    deadline = time.monotonic() + WITHIN
    while (found := [one.page.evaluate(script) for one in pages]) != [wanted] * len(pages):
        assert time.monotonic() < deadline, found
        time.sleep(0.5)


@pytest.mark.timeout(400)
def test_eight_pages_form_a_mesh(visit, room):
    pages = [visit(room, name, has_camera=False) for name in NAMES]
    until(pages, STANDING, [OTHERS, OTHERS])
    for script in LISTEN, SPEAK:
        for one in pages:
            one.page.evaluate(script)
    until(pages, "window.heard.size", OTHERS)
    assert len({frozenset((one.id, other)) for one in pages for other in one.peers()}) == 28
    assert all(not one.problems for one in pages)
