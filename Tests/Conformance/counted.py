# SPDX-License-Identifier: Apache-2.0
"""A parley that runs under valgrind: under callgrind, which says what it did between two moments, instructions and
allocations; under memcheck, which says whether it touched memory that is not its own."""

import collections
import pathlib
import shutil
import subprocess
import tempfile

import pytest

from server import Server, binary, free_port

Counts = collections.namedtuple("Counts", "instructions allocations")
ALLOCATORS = {"malloc", "calloc", "realloc", "posix_memalign", "aligned_alloc", "memalign"}
TOOLS = ["valgrind", "vgdb", "objcopy", "gcc"]
# libdispatch passes a signal mask in read-only memory, and valgrind writes to it.
WRITABLE_MASK = """
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>
int sigsuspend(const sigset_t *mask) { sigset_t copy = *mask; return (int)syscall(SYS_rt_sigsuspend, &copy, 8); }
"""


class ValgrindServer(Server):
    """`parley serve` with one thread. Nothing in it depends on chance or on the time, as far as we can help it."""

    start_seconds = 90

    def __init__(self, *arguments):
        if missing := [tool for tool in TOOLS if not shutil.which(tool)]:
            pytest.skip(f"{', '.join(missing)} missing: `make setup` installs them")
        self.folder = tempfile.TemporaryDirectory()
        subprocess.run(["gcc", "-shared", "-fPIC", "-xc", "-o", f"{self.folder.name}/mask.so", "-"],
                       input=WRITABLE_MASK.encode(), check=True, timeout=60)
        # Older valgrinds give up on the debugging information that Swift writes; names of functions stay.
        subprocess.run(["objcopy", "--strip-debug", binary(), f"{self.folder.name}/parley"], check=True, timeout=60)
        port = free_port()
        calm = ["--threads", 1, "--busy-poll", 0, "--ping-interval", 3_600_000, "--ping-timeout", 3_600_000]
        super().__init__("serve", ["--host", "127.0.0.1", "--port", port, "--no-web", *calm, *arguments], [port])

    def start(self):
        self.arguments = [
            "env", "SWIFT_DETERMINISTIC_HASHING=1", f"LD_PRELOAD={self.folder.name}/mask.so",
            "valgrind", "--quiet", *self.tool(), f"{self.folder.name}/parley", *self.arguments[1:]]
        super().start()

    def stop(self):
        super().stop()
        self.folder.cleanup()


class CheckedServer(ValgrindServer):
    """Leaves with 9 when it has read, written or freed memory that it must not. What is not initialised is not looked
    at: the optimiser lets processors compare it and then forgets the result."""

    def tool(self):
        return ["--tool=memcheck", "--leak-check=no", "--undef-value-errors=no", "--error-exitcode=9"]


class CountedServer(ValgrindServer):
    """Counts instructions and allocations."""

    def __init__(self, *arguments):
        if "debug" in pathlib.Path(binary()).parts:
            pytest.skip("the thresholds are those of the optimised server: run `make build`")
        self.dumps = 0
        super().__init__(*arguments)

    def tool(self):
        self.report = f"{self.folder.name}/callgrind"
        return ["--tool=callgrind", "--compress-strings=no", f"--callgrind-out-file={self.report}"]

    def tell(self, *words):
        done = subprocess.run(["vgdb", f"--pid={self.process.pid}", *words], capture_output=True, text=True, timeout=30,
                              check=False)
        assert done.returncode == 0, done.stderr

    def count(self, work):
        """What the server did while `work` ran."""
        self.tell("dump")  # begins anew; `zero` would leave something of what was before
        work()
        self.tell("dump")
        self.dumps += 2
        with open(f"{self.report}.{self.dumps}", encoding="utf-8") as report:
            return read(report)


def read(report):
    """The counts in a file of callgrind's."""
    columns, summary, called, allocations = [], [], None, 0
    for line in report:
        if line.startswith("events:"):
            columns = line.split()[1:]
        elif line.startswith("summary:"):
            summary = [int(word) for word in line.split()[1:]]
        elif line.startswith("cfn="):
            called = line[4:].strip().split("'")[0]
        elif line.startswith("calls=") and called in ALLOCATORS:
            allocations += int(line[6:].split()[0])
    found = dict(zip(columns, summary))
    return Counts(found["Ir"], allocations)


def system_calls(server, work):
    """How many system calls a plain server made while `work` ran."""
    if not shutil.which("strace"):
        pytest.skip("strace missing: `make setup` installs it")
    with tempfile.NamedTemporaryFile("r") as report:
        watch = subprocess.Popen(["strace", "-c", "-f", "-p", str(server.process.pid), "-o", report.name],
                                 stderr=subprocess.PIPE, text=True)
        first = watch.stderr.readline()
        assert "attached" in first, first
        work()
        watch.terminate()
        watch.communicate(timeout=10)
        rows = [line.split() for line in report]
    return sum(int(row[3]) for row in rows if len(row) >= 5 and row[0][0].isdigit() and row[-1] != "total")
