# SPDX-License-Identifier: Apache-2.0
"""Servers of the operator's that are asked over HTTPS: only those whose certificate this machine trusts."""

import http.server
import json
import os
import shutil
import ssl
import subprocess
import threading

import pytest

from certificates import Pair
from peers import Bare
from server import binary
from sessions import SOCKET, Direct
from tokens import SIGNERS, key_set, token

TRUSTED = "/etc/ssl/certs/ca-certificates.crt"
WORDS = "could not be asked: its certificate is not one that this machine trusts"


class Secure:
    """An HTTPS server that answers everything with one object, and counts what came."""

    def __init__(self, pair, answer):
        outer = self
        self.connections, self.requests = 0, 0
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pair.certificate, pair.key)

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                self.rfile.read(int(self.headers["Content-Length"]))
                self.do_GET()

            def do_GET(self):
                outer.requests += 1
                body = json.dumps(answer).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *arguments):
                pass

        class Http(http.server.ThreadingHTTPServer):
            def finish_request(self, request, address):
                try:
                    with context.wrap_socket(request, server_side=True) as line:
                        outer.connections += 1
                        super().finish_request(line, address)
                except OSError:
                    pass  # it does not trust this server, or has gone

        self.http = Http(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.http.serve_forever, daemon=True).start()
        self.url = f"https://127.0.0.1:{self.http.server_port}/x"

    def stop(self):
        self.http.shutdown()
        self.http.server_close()


@pytest.fixture
def secure(tmp_path):
    made = []

    def start(answer):
        made.append(Secure(Pair(tmp_path), answer))
        return made[-1]

    yield start
    for each in made:
        each.stop()


@pytest.fixture
def trusting(tmp_path, monkeypatch):
    """From a call on, servers that are started see a machine that trusts the certificate of `secure` and no other."""
    wrapper = tmp_path / "parley"
    mount = f'mount --bind "{tmp_path}/server.pem" {TRUSTED} && exec "$0" "$@"'
    wrapper.write_text(f"#!/bin/sh\nexec unshare --mount sh -c '{mount}' {binary()} \"$@\"\n")
    wrapper.chmod(0o755)

    def trust():
        tried = os.geteuid() == 0 and shutil.which("unshare") and os.path.exists(TRUSTED) and subprocess.run(
            ["unshare", "--mount", "mount", "--bind", tmp_path / "server.pem", TRUSTED], check=False).returncode
        if tried != 0:
            pytest.skip(f"needs root, mount namespaces and {TRUSTED}")
        monkeypatch.setenv("PARLEY", str(wrapper))

    return trust


def refusal(server):
    session = Direct(server.port, SOCKET)
    session.say('40{"token":"t"}')
    packet = session.hear()
    session.close()
    return json.loads(packet[2:])["data"]["code"]


def test_a_webhook_is_asked_when_its_certificate_is_trusted(parley, secure, trusting, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("a-secret-of-the-webhook")
    webhook = secure({"user": "ada"})
    flags = ["--auth-webhook", webhook.url, "--auth-webhook-secret-file", secret]
    server = parley(*flags)
    assert refusal(server) == "server_full" and webhook.requests == 0
    while WORDS not in server.output():
        server.check()
    trusting()
    server, before = parley(*flags), webhook.connections
    for number in range(5):
        assert Bare(server, auth={"token": f"t{number}"}).welcome["user"] == "ada"
    assert webhook.requests == 5 and webhook.connections == before + 1, "the connection is used again"


def test_a_key_set_is_fetched_when_its_certificate_is_trusted(parley, secure, trusting):
    keys = secure(key_set("ES256", ES256="one"))
    done = subprocess.run([binary(), "serve", "--no-web", "--port", "0", "--jwks", keys.url], capture_output=True, text=True,
                          timeout=30, check=False)
    assert done.returncode == 1 and WORDS in done.stderr and keys.requests == 0, done.stderr
    trusting()
    server = parley("--jwks", keys.url)
    mine = token(SIGNERS["ES256"][0], "ES256", headers={"kid": "one"})
    assert Bare(server, auth={"token": mine}).welcome["user"] == "ada"
