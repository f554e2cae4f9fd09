# SPDX-License-Identifier: Apache-2.0
"""A short run of every mode of the load generator: nothing may be lost, dropped, refused or wrong."""

import json
import os
import pathlib
import subprocess

import pytest

from server import ROOT

SOURCE = pathlib.Path(os.environ.get("LOADGEN_SOURCE", ROOT.parent / "shared/loadgen/loadgen.c"))
MODES = {
    "relay": ["relay", "-c", "40", "-t", "1", "--warmup", "0.2"],
    "relay with a window": ["relay", "-c", "20", "-w", "8", "--candidate", "-t", "1", "--warmup", "0.2"],
    "relay at a fixed rate": ["open-loop", "-c", "40", "--rate", "500", "-t", "1", "--warmup", "0.2"],
    "broadcast": ["broadcast", "-c", "40", "-r", "10", "-t", "1", "--warmup", "0.2",
                  "--bcast", '["message",{"room":"{room}","data":"{payload}"}]', "--deliver", "message"],
    "churn": ["churn", "-c", "10", "-t", "1", "--warmup", "0.2"],
    "idle": ["idle", "1000", "--hold", "2"],
}


@pytest.fixture(scope="session")
def loadgen(tmp_path_factory):
    if not SOURCE.exists():
        pytest.skip(f"no load generator at {SOURCE}: set LOADGEN_SOURCE to its loadgen.c")
    program = tmp_path_factory.mktemp("loadgen") / "loadgen"
    subprocess.run(["gcc", "-O2", "-o", program, SOURCE], check=True, timeout=60)
    return str(program)


def run(loadgen, server, arguments):
    target = ["--port", str(server.port), "--pid", str(server.process.pid), "--json"]
    done = subprocess.run([loadgen, *arguments, *target], capture_output=True, text=True, timeout=40, check=False)
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("mode", MODES)
def test_the_load_generator_finds_nothing_wrong(loadgen, parley, mode, threads):
    server = parley("--threads", threads)
    status, output = run(loadgen, server, MODES[mode])
    assert status == 0, output
    json.loads(output.strip().splitlines()[-1])


def test_the_load_generator_would_notice_a_refusal(loadgen, parley):
    refused = ["relay", "-c", "4", "-t", "0.3", "--warmup", "0.1", "--relay", '["offer",{"to":"nobody","sdp":"{payload}"}]']
    assert run(loadgen, parley(), refused)[0] == 1
