# SPDX-License-Identifier: Apache-2.0
"""Certificates that are replaced while the server runs, and those it cannot start with."""

import re
import signal
import ssl
import subprocess
import time

import pytest
from cryptography import x509

from certificates import Pair
from peers import Bare
from server import Server, binary
from sessions import SOCKET, Direct
from wire import Stream, fetch, over

PATIENCE = 20
ANYBODY = ssl._create_unverified_context()


@pytest.fixture
def pair(tmp_path):
    return Pair(tmp_path)


@pytest.fixture
def secure(parley, pair):
    return parley(*pair.flags)


def shown(server):
    """The serial number of the certificate that a new client is shown."""
    with over(ANYBODY, Stream)(server.port) as stream:
        return x509.load_der_x509_certificate(stream.socket.getpeercert(True)).serial_number


def until(condition):
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def said(server, words):
    return server.output().count(words)


def test_a_new_certificate_is_shown_soon_and_nobody_is_disconnected(secure, pair):
    peer = Bare(secure, over(ANYBODY, Direct)(secure.port, SOCKET))
    first = pair.serial
    assert shown(secure) == first
    pair.write()
    until(lambda: shown(secure) == pair.serial != first)
    until(lambda: said(secure, "The certificate was read again") == 1)
    assert peer.ask("rooms")["ok"] is True
    peer.leave()


def test_a_signal_reads_the_certificate_at_once(secure):
    for number in (1, 2):
        secure.process.send_signal(signal.SIGHUP)
        until(lambda: said(secure, "The certificate was read again") == number)


@pytest.mark.parametrize("fault, words", [
    ("missing", "cannot be read: No such file or directory."), ("garbage", "No certificate is in the file"),
    ("cut", "No certificate is in the file"), ("no key", "No private key is in the file")])
def test_a_broken_file_keeps_the_one_before_and_is_reported_once(secure, pair, fault, words):
    peer, first, good = Bare(secure, over(ANYBODY, Direct)(secure.port, SOCKET)), pair.serial, pair.certificate.read_bytes()
    if fault == "missing":
        pair.certificate.unlink()
    elif fault == "no key":
        pair.key.write_bytes(good)
    else:
        pair.certificate.write_bytes(b"nothing" if fault == "garbage" else good[:300])
    until(lambda: said(secure, words))
    secure.process.send_signal(signal.SIGHUP)
    time.sleep(3)
    assert said(secure, words) == said(secure, "stays in use") == 1, secure.output()
    assert shown(secure) == first
    assert peer.ask("rooms")["ok"] is True
    pair.write()
    until(lambda: shown(secure) == pair.serial)
    until(lambda: said(secure, "The certificate was read again") == 1)
    peer.leave()


def test_half_of_a_new_pair_is_not_used(secure, pair):
    first = pair.serial
    certificate, key = pair.make()
    pair.certificate.write_bytes(certificate)
    until(lambda: said(secure, "does not belong to the first certificate in the file"))
    assert shown(secure) == first
    pair.key.write_bytes(key)
    until(lambda: shown(secure) == pair.serial)


def test_a_certificate_that_has_expired_is_served_with_a_warning(parley, pair):
    pair.write(days=(-20, -10))
    server = parley(*pair.flags)
    assert "has expired" in server.output()
    assert shown(server) == pair.serial


def expiry(server):
    with over(ANYBODY, Stream)(server.port) as stream:
        stream.socket.sendall(b"GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        text = b"".join(iter(lambda: stream.socket.recv(65536), b"")).decode()
    return re.findall(r"^parley_tls_certificate_expiry_timestamp_seconds (\d+)$", text, re.M)


def test_the_end_of_a_certificate_is_said_and_measured(parley, pair, relay):
    pair.write(days=(-80, 9.5))
    server = parley(*pair.flags)
    until(lambda: said(server, "expires in 9 days"))
    for days in (9.5, 60):
        end = x509.load_pem_x509_certificate(pair.certificate.read_bytes()).not_valid_after_utc
        until(lambda: expiry(server) == [str(int(end.timestamp()))])
        pair.write(days=(-10, 60))
    until(lambda: said(server, "The certificate was read again"))
    assert said(server, "expires in") == 1
    assert "parley_tls_certificate" not in fetch(relay.port, "GET", "/metrics").text


def start(*arguments, environment=None):
    done = subprocess.run([binary(), "serve", "--no-web", "--port", "0", *map(str, arguments)],
                          capture_output=True, text=True, timeout=20, check=False, env=environment)
    return done.returncode, done.stderr


def test_what_cannot_be_started_with_is_said(pair, tmp_path):
    other = Pair(tmp_path, stem="other")
    (tmp_path / "folder").mkdir()
    locked = tmp_path / "locked.pem"
    locked.write_bytes(pair.make(password=b"secret")[1])
    for certificate, key, words in [
            (tmp_path / "none.pem", pair.key, "none.pem cannot be read: No such file or directory."),
            (tmp_path / "folder", pair.key, "cannot be read: Is a directory."),
            (pair.key, pair.key, "No certificate is in the file"), (pair.certificate, pair.certificate, "No private key is in"),
            (pair.certificate, locked, "or it has a password"),
            (pair.certificate, other.key, "does not belong to the first certificate")]:
        status, error = start("--tls-cert", certificate, "--tls-key", key)
        assert status == 1 and words in error, (status, error)


def test_options_that_do_not_go_together_are_refused(pair):
    for arguments, words in [
            (["--tls-cert", pair.certificate], "--tls-cert and --tls-key go together"),
            (["--tls-key", pair.key], "--tls-cert and --tls-key go together"),
            ([*pair.flags, "--tls-cert", pair.certificate], "not 2 and 1"),
            (["--hsts", 10], "--hsts needs HTTPS"), ([*pair.flags, "--hsts", -1], "--hsts")]:
        status, error = start(*arguments)
        assert status == 64 and words in error, (status, error)


def test_the_environment_names_certificates_too(pair, tmp_path, monkeypatch):
    other = Pair(tmp_path, ("other.example",), stem="other")
    monkeypatch.setenv("PARLEY_TLS_CERT", f"{pair.certificate},{other.certificate}")
    monkeypatch.setenv("PARLEY_TLS_KEY", f"{pair.key},{other.key}")
    server = Server.serve()
    try:
        assert shown(server) == pair.serial
        with over(ANYBODY, Stream, "other.example")(server.port) as stream:
            assert x509.load_der_x509_certificate(stream.socket.getpeercert(True)).serial_number == other.serial
        assert f"listens on https://localhost:{server.port}" in server.output()
    finally:
        server.stop()
