# SPDX-License-Identifier: Apache-2.0
"""Settings from a file, the environment and the command line, and how they are checked and printed."""

import json
import subprocess

import pytest

from metrics import metrics
from server import Server, binary, free_port
from sessions import SOCKET, Polling
from wire import fetch


def parley(*words):
    return subprocess.run([binary(), *map(str, words)], capture_output=True, text=True, timeout=30, check=False)


@pytest.fixture
def written(tmp_path):
    """Writes a configuration file and returns its path."""
    def write(settings):
        path = tmp_path / "parley.json"
        path.write_text(settings if isinstance(settings, str) else json.dumps(settings, indent=1))
        return path
    return write


def printed(*words):
    """What `config print` says: for each setting its value and its origin."""
    done = parley("config", "print", *words)
    assert done.returncode == 0, done.stderr
    return {line.split()[0]: tuple(part.strip() for part in line.split("  ", 1)[1].strip().rsplit("  ", 1))
            for line in done.stdout.splitlines()}


def test_a_server_takes_its_settings_from_a_file(written):
    port = free_port()
    path = written({"port": port, "no-web": True, "max-payload": 5_000, "path": "/s", "ping-interval": 7_000,
                    "origin": ["https://a.example", "https://b.example"], "no-metrics": False})
    server = Server("serve", ["--config", path], [port])
    try:
        opened = Polling(port, "/s/", {"Origin": "https://b.example"}).open
        assert (opened["maxPayload"], opened["pingInterval"]) == (5_000, 7_000)
        assert ("parley_connections", None) in metrics(server)
    finally:
        server.stop()


def test_the_command_line_wins_over_the_environment_and_that_over_the_file(written, monkeypatch):
    port = free_port()
    path = written({"port": 1, "no-web": True, "ping-interval": 7_000, "ping-timeout": 7_000, "max-payload": 7_000})
    monkeypatch.setenv("PARLEY_CONFIG", str(path))
    monkeypatch.setenv("PARLEY_PING_TIMEOUT", "8000")
    monkeypatch.setenv("PARLEY_MAX_PAYLOAD", "8000")
    words = ["--port", port, "--max-payload", 9_000]
    server = Server("serve", words, [port])
    try:
        opened = Polling(port, SOCKET).open
        assert (opened["pingInterval"], opened["pingTimeout"], opened["maxPayload"]) == (7_000, 8_000, 9_000)
    finally:
        server.stop()
    found = printed(*words)
    assert found["ping-interval"] == ("7000", f"{path}:4") and found["no-web"] == ("true", f"{path}:3")
    assert found["ping-timeout"] == ("8000", "PARLEY_PING_TIMEOUT")
    assert found["max-payload"] == ("9000", "command line") and found["port"] == (str(port), "command line")
    assert found["turn-ttl"] == ("3600", "default") and found["origin"] == ("-", "default")


@pytest.mark.parametrize("flag, value, seen", [
    ("PARLEY_NO_METRICS", "true", False), ("PARLEY_NO_METRICS", "0", True), ("PARLEY_NO_METRICS", "", False)])
def test_flags_come_from_file_and_environment_too(written, monkeypatch, flag, value, seen):
    monkeypatch.setenv(flag, value)
    port = free_port()
    server = Server("serve", ["--config", written({"no-metrics": True, "no-web": True}), "--port", port], [port])
    try:
        assert (fetch(port, "GET", "/metrics").status == 200) == seen
    finally:
        server.stop()


def test_secrets_are_not_printed(written, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("a-secret-nobody-shall-find")
    path = written({"auth-webhook": "https://app.example/connect?key=nobody-shall-find", "auth-webhook-secret-file": str(secret)})
    done = parley("config", "print", "--config", path)
    assert "https://app.example/connect?…" in done.stdout and str(secret) in done.stdout
    assert "shall-find" not in done.stdout + done.stderr


def test_a_sound_file_is_said_to_be(written):
    done = parley("config", "check", written({"port": 80, "lan": True}))
    assert done.returncode == 0 and "is sound. Settings: 2." in done.stdout, done


@pytest.mark.parametrize("settings, words", [
    ('{\n "port": 3000,\n "prot": 1\n}', [':3: "prot" is no setting. Did you mean "port"?']),
    ('{"port": "3000",\n"lan": 1}', [':1: "port" must be a whole number', ':2: "lan" must be true or false.']),
    ('{\n"port": 3000\n"lan": true}', [":3: is no JSON: "]),
    ('{\n\n"port": 99999}', [":3: --port must be 0 to 65535, not 99999."]),
    ('{"no-web": true,\n"log-level": "loud"}', [":2: ", "_LOG_LEVEL must be a level such as info."]),
    ('{"lan": true,\n"hsts": 5}', [":2: --hsts needs HTTPS"]),
    ('{"turn-url": ["turn:x"]}', [":1: --turn-url and --turn-secret-file go together"]),
    ("[]", [":1: must hold one JSON object"]), ("", [":1: is no JSON: "])])
def test_what_is_wrong_is_said_by_its_place(written, settings, words):
    path = written(settings)
    done = parley("config", "check", path)
    assert done.returncode == 64 and done.stderr.startswith(f"{path}:"), done
    assert all(word in done.stderr for word in words), done.stderr


def test_a_server_does_not_start_with_a_file_that_is_wrong(written, tmp_path):
    done = parley("serve", "--port", 0, "--config", written({"prot": 1}))
    assert done.returncode == 64 and 'Did you mean "port"?' in done.stderr
    done = parley("serve", "--port", 0, f"--config={tmp_path}/none.json")
    assert done.returncode == 64 and "none.json: cannot be read." in done.stderr
