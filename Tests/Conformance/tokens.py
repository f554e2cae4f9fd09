# SPDX-License-Identifier: Apache-2.0
"""Tokens as another library signs them, the keys to do it, and key sets in a file or on an HTTP server."""

import http.server
import json
import threading
import time

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

SECRET = "correct-horse-battery-staple-and-some-more"
RSA_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
EC_KEY = ec.generate_private_key(ec.SECP256R1())
ED_KEY = ed25519.Ed25519PrivateKey.generate()
SIGNERS = {"RS256": (RSA_KEY, RSAAlgorithm), "ES256": (EC_KEY, ECAlgorithm), "EdDSA": (ED_KEY, OKPAlgorithm)}


def token(key=SECRET, algorithm="HS256", headers=None, ttl=600, **claims):
    """A token of `ada`; a claim of None is left out."""
    claims = {"sub": "ada", "exp": int(time.time()) + ttl, **claims}
    return jwt.encode({k: v for k, v in claims.items() if v is not None}, key, algorithm=algorithm, headers=headers)


def key_set(*names, **ids):
    """The public keys of these algorithms; `ids` names the `kid` of some."""
    keys = []
    for name in names:
        key, kind = SIGNERS[name]
        keys.append({**json.loads(kind.to_jwk(key.public_key())), **({"kid": ids[name]} if name in ids else {})})
    return {"keys": keys}


class KeyServer:
    """Serves one key set on loopback, and counts how often it was asked."""

    def __init__(self, keys):
        outer = self
        self.keys, self.asked, self.status = keys, 0, 200

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                outer.asked += 1
                body = json.dumps(outer.keys).encode()
                self.send_response(outer.status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *arguments):
                pass

        self.http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.http.server_port}/keys.json"

    def stop(self):
        self.http.shutdown()
        self.http.server_close()
