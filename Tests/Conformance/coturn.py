# SPDX-License-Identifier: Apache-2.0
"""A real TURN server for the tests, and the smallest STUN client that can ask it for a relay."""

import hashlib
import hmac
import os
import shutil
import socket
import struct
import subprocess
import time

from server import free_port

REALM = "parley.test"
START_SECONDS, STOP_SECONDS = 10, 5
ALLOCATE, COOKIE = 0x0003, 0x2112A442
USERNAME, INTEGRITY, ERROR, REALM_IS, NONCE, TRANSPORT = 0x0006, 0x0008, 0x0009, 0x0014, 0x0015, 0x0019
UDP = struct.pack("!B3x", 17)


def configuration(folder, secret, address, port, low=49_152):
    """What `turnserver` reads: it listens at one address by UDP and TCP, and relays there."""
    return "\n".join([
        f"listening-port={port}", f"listening-ip={address}", f"relay-ip={address}", f"min-port={low}", f"max-port={low + 200}",
        "use-auth-secret", f"static-auth-secret={secret}", f"realm={REALM}", "allow-loopback-peers", "fingerprint",
        "no-cli", "no-tls", "no-dtls", "log-file=stdout", f"pidfile={folder / 'pid'}", f"userdb={folder / 'turndb'}", ""])


class Coturn:
    """`turnserver` on loopback, with the secret that it shares with Parley."""

    def __init__(self, folder, secret):
        binary = shutil.which("turnserver")
        assert binary, "turnserver is missing: install the Debian package coturn"
        self.port, relays = free_port(), free_port()
        file = folder / "turnserver.conf"
        file.write_text(configuration(folder, secret, "127.0.0.1", self.port, min(relays, 65_000)))
        self.log = open(folder / "log", "w+b")
        self.process = subprocess.Popen([binary, "-c", file], stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)
        deadline = time.monotonic() + START_SECONDS
        while allocate(self.port, timeout=0.2) is None:
            assert self.process.poll() is None and time.monotonic() < deadline, f"turnserver does not answer:\n{self.output()}"

    def output(self):
        self.log.seek(0)
        return self.log.read()[-4000:].decode(errors="replace")

    def stop(self):
        self.process.terminate()
        self.process.wait(STOP_SECONDS)
        self.log.close()


def attribute(kind, value):
    return struct.pack("!HH", kind, len(value)) + value + bytes(-len(value) % 4)


def request(body, key=None):
    """An Allocate request; with a key it ends in MESSAGE-INTEGRITY."""
    def header(length):
        return struct.pack("!HHI", ALLOCATE, length, COOKIE) + transaction

    transaction = os.urandom(12)
    if key:
        proof = hmac.new(key, header(len(body) + 24) + body, hashlib.sha1).digest()
        body += attribute(INTEGRITY, proof)
    return header(len(body)) + body


def exchange(udp, message):
    """The attributes of the answer."""
    udp.send(message)
    answer = udp.recv(4096)
    fields, at = {}, 20
    while at < len(answer):
        name, size = struct.unpack("!HH", answer[at:at + 4])
        fields[name] = answer[at + 4:at + 4 + size]
        at += 4 + size + -size % 4
    return fields


def allocate(port, username=None, password=None, timeout=2.0):
    """Asks for a relay: 0 when it was given, else the code of the error; None when nobody answers."""
    asked = attribute(TRANSPORT, UDP)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.settimeout(timeout)
        udp.connect(("127.0.0.1", port))
        try:
            fields = exchange(udp, request(asked))
            if username is not None:
                realm, nonce = fields[REALM_IS], fields[NONCE]
                key = hashlib.md5(b":".join([username.encode(), realm, password.encode()])).digest()
                asked += attribute(USERNAME, username.encode()) + attribute(REALM_IS, realm) + attribute(NONCE, nonce)
                fields = exchange(udp, request(asked, key))
        except OSError:
            return None
    code = fields.get(ERROR)
    return code[2] * 100 + code[3] if code else 0
