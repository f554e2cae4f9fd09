# SPDX-License-Identifier: Apache-2.0
"""Peers that have joined rooms of two by HTTP long-polling and ask for nothing more: as many as one likes, since they
need no open file. Requests of a hundred peers at a time go through one connection, pipelined."""

import re
import socket

AT_ONCE = 100
PATH = "/socket.io/?EIO=4&transport=polling"
LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
SID = re.compile(rb'"sid":"([^"]+)"')


class Crowd:
    """Closes the connection on leaving; the sessions stay until their ping times out."""

    def __init__(self, port, count):
        self.wire = socket.create_connection(("127.0.0.1", port), 10)
        self.buffer = b""
        for first in range(0, count, AT_ONCE):
            self.come(range(first, min(first + AT_ONCE, count)))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.wire.close()

    def come(self, peers):
        opened = self.ask(("GET", PATH, "") for _ in peers)
        paths = [f"{PATH}&sid={SID.search(text)[1].decode()}" for text in opened]
        self.ask(("POST", path, "40") for path in paths)
        self.ask(("GET", path, "") for path in paths)
        self.ask(("POST", path, f'420["join",{{"room":"crowd-{peer // 2}"}}]') for peer, path in zip(peers, paths))
        joined = self.ask(("GET", path, "") for path in paths)
        assert all(b'430[{"ok":true' in text for text in joined), joined

    def ask(self, requests):
        """Sends all of them, then reads all answers."""
        texts = [f"{method} {path} HTTP/1.1\r\nHost: bench\r\nContent-Length: {len(body)}\r\n\r\n{body}"
                 for method, path, body in requests]
        self.wire.sendall("".join(texts).encode())
        return [self.answer() for _ in texts]

    def answer(self):
        while True:
            head, found, rest = self.buffer.partition(b"\r\n\r\n")
            length = int(LENGTH.search(head)[1]) if found else 0
            if found and len(rest) >= length:
                self.buffer = rest[length:]
                assert head.startswith(b"HTTP/1.1 200"), head + rest[:length]
                return rest[:length]
            data = self.wire.recv(262_144)
            assert data, "the server has closed the connection"
            self.buffer += data
