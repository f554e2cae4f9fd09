# SPDX-License-Identifier: Apache-2.0
"""A TCP proxy in front of a server, through which a test can drop connections or let them fall silent."""

import socket
import threading


class Proxy:
    """Forwards bytes to `port`. What it has accepted before `drop` or `silence` is over; what comes later works."""

    def __init__(self, port):
        self.target = self.open = port
        self.pairs, self.silent = [], set()
        self.lock = threading.Lock()
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            try:
                server = socket.create_connection(("127.0.0.1", self.target))
            except OSError:
                client.close()
                continue
            with self.lock:
                self.pairs.append((client, server))
            for source, sink in ((client, server), (server, client)):
                threading.Thread(target=self.pump, args=(source, sink), daemon=True).start()

    def pump(self, source, sink):
        """Reads on even when silent: a network that swallows packets gives no sign of it."""
        try:
            while data := source.recv(65536):
                if source not in self.silent:
                    sink.sendall(data)
        except OSError:
            pass
        if source not in self.silent:
            close(source, sink)

    def drop(self):
        """Closes everything that is open."""
        with self.lock:
            pairs, self.pairs = self.pairs, []
        for pair in pairs:
            close(*pair)

    def silence(self):
        """Forwards nothing more of what is open, and tells neither side."""
        with self.lock:
            for pair in self.pairs:
                self.silent.update(pair)
            self.pairs = []

    def refuse(self):
        """As `drop`, and nobody gets through until `admit`."""
        self.target = 1
        self.drop()

    def admit(self):
        self.target = self.open

    def stop(self):
        self.listener.close()
        self.drop()
        close(*self.silent)


def close(*sockets):
    for one in sockets:
        try:
            one.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        one.close()
