# SPDX-License-Identifier: Apache-2.0
"""Starts parley processes on free ports, notices when one crashes, and stops only what it started."""

import os
import pathlib
import re
import signal
import socket
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
START_SECONDS = 20
STOP_SECONDS = 12
CRASH = re.compile(rb"Fatal error|Precondition failed|Assertion failed|overlapping accesses|Sanitizer:|Illegal instruction")


def binary():
    """The parley to test: $PARLEY, else the release build, else the debug build."""
    named = os.environ.get("PARLEY")
    places = [named] if named else [ROOT / ".build/release/parley", ROOT / ".build/debug/parley"]
    for place in places:
        if os.access(place, os.X_OK):
            return os.path.abspath(place)
    raise RuntimeError(f"no parley at {' or '.join(map(str, places))}: run `make build` or set PARLEY")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Crashed(AssertionError):
    """A server died, or said that it met a programming error."""


class Server:
    """One parley process. `ports` are the ports that must accept before it counts as started."""

    errors = subprocess.STDOUT
    start_seconds = START_SECONDS

    def __init__(self, command, arguments, ports):
        self.arguments = [binary(), command, *map(str, arguments)]
        self.command, self.ports = command, ports
        # For appending: what the process writes goes to the end.
        self.log = tempfile.TemporaryFile("a+b")
        self.process = None
        self.start()

    @classmethod
    def serve(cls, *arguments, web=None):
        """`parley serve` without a page, and with limits too wide to be met by accident."""
        port = free_port()
        page = ["--web", web] if web else ["--no-web"]
        wide = ["--max-connections-per-address", 100_000, "--max-packets-per-second", 1_000_000]
        given = set(map(str, arguments))
        wide = [word for pair in zip(wide[::2], wide[1::2]) if pair[0] not in given for word in pair]
        return cls("serve", ["--host", "127.0.0.1", "--port", port, *page, *wide, *arguments], [port])

    @classmethod
    def echo(cls, *arguments):
        """`parley echo`: the Engine.IO, the Socket.IO and the bare WebSocket echo server."""
        ports = [free_port() for _ in range(3)]
        flags = zip(["--engine-port", "--socket-port", "--websocket-port"], ports)
        return cls("echo", [*(word for pair in flags for word in pair), *arguments], ports)

    @property
    def port(self):
        return self.ports[0]

    @property
    def url(self):
        scheme = "https" if "--tls-cert" in self.arguments else "http"
        return f"{scheme}://127.0.0.1:{self.port}"

    def start(self):
        self.process = subprocess.Popen(
            self.arguments, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.errors)
        deadline = time.monotonic() + self.start_seconds
        waiting = list(self.ports)
        while waiting:
            self.check()
            try:
                socket.create_connection(("127.0.0.1", waiting[0]), timeout=1).close()
                waiting.pop(0)
            except OSError:
                if time.monotonic() > deadline:
                    self.kill()
                    raise RuntimeError(f"{self.arguments} does not listen on {waiting[0]}:\n{self.output()}") from None
                time.sleep(0.02)

    def said(self):
        """All that it has written. Not by `read`: the process shares the place in the file, and moves it."""
        return os.pread(self.log.fileno(), os.fstat(self.log.fileno()).st_size, 0)

    def output(self):
        return self.said()[-6000:].decode(errors="replace")

    def text(self):
        """All that it has said."""
        return self.said().decode(errors="replace")

    def lines(self):
        return self.text().split("\n")

    def crash_line(self):
        return CRASH.search(self.said())

    def check(self):
        """Raises when the process is gone, or has reported a programming error."""
        code = self.process.poll()
        if code is not None or self.crash_line():
            raise Crashed(f"{' '.join(self.arguments)}: exit status {code}\n{self.output()}")

    def ensure(self):
        """Starts it again after a crash, so that one crash fails one test and not all that follow."""
        if self.process.poll() is not None:
            self.log.truncate(0)
            self.start()

    def resident_kib(self):
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as status:
            return int(re.search(r"VmRSS:\s+(\d+)", status.read())[1])

    def kill(self):
        self.process.kill()
        self.process.wait(STOP_SECONDS)

    def stop(self):
        """SIGTERM; `serve` must then leave with 0 in time (`echo` need not handle the signal)."""
        self.check()
        self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
            raise Crashed(f"{self.arguments} still ran {STOP_SECONDS} s after SIGTERM:\n{self.output()}") from None
        clean = [0] if self.command == "serve" else [0, -signal.SIGTERM, 128 + signal.SIGTERM]
        if code not in clean or self.crash_line():
            raise Crashed(f"{self.arguments} left with {code}:\n{self.output()}")
