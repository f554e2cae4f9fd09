# SPDX-License-Identifier: Apache-2.0
"""Peers that have joined rooms of two by HTTP long-polling and ask for nothing more: as many as one likes, since they
need no open file. Requests of a hundred peers at a time go through one connection, pipelined."""

import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "Conformance"))
from sessions import SOCKET, query  # noqa: E402
from wire import Http  # noqa: E402

AT_ONCE = 100
SID = re.compile(r'"sid":"([^"]+)"')


class Crowd(Http):
    """The sessions outlive the connection, until their ping times out."""

    def __init__(self, port, count):
        super().__init__(port)
        for first in range(0, count, AT_ONCE):
            self.come(range(first, min(first + AT_ONCE, count)))

    def come(self, peers):
        opened = self.ask("GET", [query("polling", path=SOCKET) for _ in peers])
        paths = [query("polling", SID.search(text)[1], SOCKET) for text in opened]
        self.ask("POST", paths, ["40" for _ in peers])
        self.ask("GET", paths)
        self.ask("POST", paths, [f'420["join",{{"room":"crowd-{peer // 2}"}}]' for peer in peers])
        joined = self.ask("GET", paths)
        assert all('430[{"ok":true' in text for text in joined), joined

    def ask(self, method, paths, bodies=None):
        """Sends all of them, then reads all answers."""
        for index, path in enumerate(paths):
            self.begin(method, path, body=bodies[index].encode() if bodies else None)
        answers = [self.answer(method) for _ in paths]
        assert all(answer.status == 200 for answer in answers), answers
        return [answer.text for answer in answers]
