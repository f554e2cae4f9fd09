# SPDX-License-Identifier: Apache-2.0
"""A TCP path to the server that a test can break: with a reset, or so that only the client notices."""

import asyncio
import socket
import struct
import threading
import time

PATIENCE = 5.0
SETTLED_SECONDS = 0.05
RESET = struct.pack("ii", 1, 0)


class Loop:
    """One thread that carries the bytes of all wires."""

    def __init__(self):
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()

    def run(self, work):
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(PATIENCE)

    def stop(self):
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(PATIENCE)
        self.loop.close()


class Link:
    """One connection through a wire."""

    def __init__(self, near, far):
        self.near, self.far = near, far
        self.is_socket, self.polls_since, self.is_kept = False, None, False

    def saw(self, data, upwards):
        if upwards:
            self.polls_since = time.monotonic() if data.startswith(b"GET ") else None
        else:
            self.polls_since = None
            self.is_socket = self.is_socket or data.startswith(b"HTTP/1.1 101")

    @property
    def carries(self):
        """Whether the server can notice its loss: it is a WebSocket, or a poll is open on it, and not just being answered."""
        return self.is_socket or bool(self.polls_since) and time.monotonic() - self.polls_since > SETTLED_SECONDS


def reset(writer):
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    writer.transport.abort()


class Wire:
    """Listens on a port of its own, and passes on to the server's."""

    def __init__(self, loop, port):
        self.loop, self.target = loop, port
        self.links, self.is_broken = set(), False
        self.listener = loop.run(asyncio.start_server(self._accept, "127.0.0.1", 0))
        self.port = self.listener.sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"

    async def _accept(self, reader, near):
        if self.is_broken:
            return reset(near)
        try:
            far_reader, far = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:
            return reset(near)
        link = Link(near, far)
        self.links.add(link)
        await asyncio.gather(self._pump(link, reader, far, True), self._pump(link, far_reader, near, False))
        self.links.discard(link)

    async def _pump(self, link, source, sink, upwards):
        try:
            while data := await source.read(65536):
                link.saw(data, upwards)
                if not link.is_kept:
                    sink.write(data)
        except OSError:
            pass
        if not link.is_kept or not upwards:
            sink.close()

    async def _break(self, is_silent):
        while not any(link.carries for link in self.links if not link.is_kept):
            await asyncio.sleep(0.002)
        self.is_broken = True
        for link in [link for link in self.links if not link.is_kept]:
            link.is_kept = is_silent
            if not is_silent:
                reset(link.far)
            reset(link.near)

    def reset(self):
        """Both sides are reset while the session hangs on the wire; it stays broken until mended."""
        self.loop.run(asyncio.wait_for(self._break(False), PATIENCE))

    def silence(self):
        """Only the client is reset; the server keeps connections on which nothing comes any more."""
        self.loop.run(asyncio.wait_for(self._break(True), PATIENCE))

    def mend(self):
        self.is_broken = False

    def close(self):
        async def end():
            self.listener.close()
            for link in list(self.links):
                link.near.close()
                link.far.close()

        self.loop.run(end())
