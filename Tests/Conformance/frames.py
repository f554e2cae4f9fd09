# SPDX-License-Identifier: Apache-2.0
"""A client WebSocket that can also send the frames RFC 6455 forbids."""

import base64
import hashlib
import os
import struct

from wire import Http

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10
GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


class Refused(Exception):
    """The server did not switch protocols; `answer` is what it said instead."""

    def __init__(self, answer):
        super().__init__(repr(answer))
        self.answer = answer


def frame(opcode, payload=b"", fin=True, rsv=0, mask=True, length=None):
    """The octets of a WebSocket frame; `length` forces the 7, 16 or 64 bit form."""
    size = len(payload)
    form = length or (7 if size < 126 else 16 if size < 65536 else 64)
    first, bit = fin << 7 | rsv << 4 | opcode, 0x80 if mask else 0
    head = {7: lambda: struct.pack(">BB", first, bit | size),
            16: lambda: struct.pack(">BBH", first, bit | 126, size),
            64: lambda: struct.pack(">BBQ", first, bit | 127, size)}[form]()
    if not mask:
        return head + payload
    key = os.urandom(4)
    pad = key * (size // 4 + 1)
    masked = int.from_bytes(payload, "big") ^ int.from_bytes(pad[:size], "big")
    return head + key + masked.to_bytes(size, "big")


class WebSocket(Http):
    """A client WebSocket; messages by `say` and `hear`, single frames by `frame` and `read`."""

    def __init__(self, port, target="/", headers=(), timeout=5.0):
        super().__init__(port, timeout)
        key = base64.b64encode(os.urandom(16)).decode()
        self.upgraded = self.request("GET", target, dict({
            "Connection": "Upgrade", "Upgrade": "websocket",
            "Sec-WebSocket-Version": 13, "Sec-WebSocket-Key": key}, **dict(headers)))
        if self.upgraded.status != 101:
            self.close()
            raise Refused(self.upgraded)
        proof = base64.b64encode(hashlib.sha1(key.encode() + GUID).digest()).decode()
        assert self.upgraded.header("sec-websocket-accept") == proof

    def frame(self, opcode, payload=b"", **how):
        self.send(frame(opcode, payload, **how))

    def say(self, message):
        if isinstance(message, str):
            self.frame(TEXT, message.encode())
        else:
            self.frame(BINARY, message)

    def read(self):
        """The next frame as (fin, opcode, payload); None at the end of the stream."""
        try:
            first, second = self.take(2)
        except EOFError:
            return None
        assert not second & 0x80, "a server must not mask"
        assert not first & 0x70, "no extension was agreed"
        size = second & 0x7F
        if size > 125:
            size = int.from_bytes(self.take(2 if size == 126 else 8), "big")
        return bool(first & 0x80), first & 0x0F, self.take(size)

    def hear(self):
        """The next whole message; control frames are skipped; None when the connection ends or is closed."""
        message, kind = b"", None
        while (got := self.read()) and got[1] != CLOSE:
            fin, opcode, payload = got
            if opcode in (PING, PONG):
                continue
            kind = kind or opcode
            message += payload
            if fin:
                return message.decode() if kind == TEXT else message
        return None

    def ending(self):
        """Reads to the end: the close code, 1005 for an empty close frame, None when there was no close frame."""
        while got := self.read():
            if got[1] == CLOSE:
                return int.from_bytes(got[2][:2], "big") if got[2] else 1005
        return None
